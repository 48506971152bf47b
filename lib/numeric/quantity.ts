/**
 * Where a number comes from. Every parameter and constant of a model carries one of these.
 *
 * - `paper`: printed in the paper as a setting (never as a result); `where` names the place.
 * - `public`: a public reference; `which` cites it.
 * - `derived`: computed or deduced; `how` is the expression or the argument.
 * - `calibrated`: fitted; `against` names the claims, `method` says how, `window` the values that fit as well.
 * - `assumed`: our choice; `why`, and the plausible `range`.
 */
export type Source =
  | { readonly kind: 'paper'; readonly where: string }
  | { readonly kind: 'public'; readonly which: string }
  | { readonly kind: 'derived'; readonly how: string }
  | { readonly kind: 'calibrated'; readonly against: string; readonly method: string; readonly window: string }
  | { readonly kind: 'assumed'; readonly why: string; readonly range: string }

/** A constant with its unit and its source. */
export interface Quantity<V = number> {
  readonly value: V
  readonly unit: string
  readonly source: Source
}

/**
 * The source in one line, for help texts and reports.
 *
 * @example
 * ```ts
 * import { describeSource } from '../../lib/numeric/mod.ts'
 *
 * describeSource({ kind: 'paper', where: 'Table 1' }) // => 'paper: Table 1'
 * ```
 */
export function describeSource(source: Source): string {
  switch (source.kind) {
    case 'paper':
      return `paper: ${source.where}`
    case 'public':
      return `public: ${source.which}`
    case 'derived':
      return `derived: ${source.how}`
    case 'calibrated':
      return `calibrated against ${source.against}: ${source.method}; feasible: ${source.window}`
    case 'assumed':
      return `assumed: ${source.why}; plausible: ${source.range}`
  }
}
