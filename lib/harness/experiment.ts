import type { Quantity, Rng } from '../numeric/mod.ts'
import type { AnyParamValues, Params, ParamValues } from './param.ts'
import type { AnyTables, TableColumns, Tables, TablesSchema } from './table.ts'

/** A named set of switches: parameter values that differ from the defaults, and why. */
export interface Variant<P extends Params = Params> {
  readonly why: string
  readonly set: { readonly [K in keyof P]?: ParamValues<P>[K] }
}

/** A prediction: a number in the ledger's unit, both ends of a range, or the truth of a predicate. */
export type Prediction = number | readonly [number, number] | boolean

/** How a claim is predicted; `undefined` where the run at hand says nothing about it. */
export type Predict<T, V> = (tables: T, params: V) => Prediction | undefined

/** A claim an experiment answers for. */
export type ClaimSpec<T = AnyTables, V = AnyParamValues> =
  | Predict<T, V>
  | {
      readonly predict: Predict<T, V>
      /** The claim was used to fit a parameter: which, how, and what else fits as well. */
      readonly calibrated?: { readonly parameter: string; readonly method: string; readonly window: string }
      /** Printed value and prediction on the same side of this number count as the right trend (1 for ratios). */
      readonly trendAround?: number
    }
  /** Cannot be checked here; says what it would need. */
  | { readonly unreachable: string }
  /** Taken over as an assumption of the model that no number can check; says where. */
  | { readonly assumption: string }

/** Why a prediction does not match the printed digits. */
export interface Reason {
  readonly kind: 'misprint' | 'truncation' | 'rounding' | 'residual' | 'finding'
  readonly text: string
}

/** A contradiction inside the paper, with the arithmetic that shows it. */
export interface Erratum {
  readonly where: string
  readonly printed: string
  /** What it should read; `undecided` where the paper does not say which of its numbers is right. */
  readonly shouldBe: string
  readonly arithmetic: string
  /** Claims that rest on the misprint. */
  readonly claims?: readonly string[]
}

/** A printed number with our prediction, for drawing the two together. */
export interface Mark {
  readonly id: string
  readonly unit: string
  readonly conditions: Readonly<Record<string, unknown>>
  readonly printed: number
  readonly predicted: number
}

/** Which table says how far each assumption moves the answer; the report draws it. */
export interface Sensitivity<T = AnyTables> {
  readonly table: keyof T & string
  /** Columns that name what is changed, and to what. */
  readonly labels: readonly string[]
  /** Column of the answer then, or those of the answer at the low and at the high end. */
  readonly values: readonly [string] | readonly [string, string]
  /** What the values are, with their unit: the axis' title. */
  readonly title: string
  /** Column that keeps apart answers that cannot share an axis: a panel for each of its values. */
  readonly panels?: string
  /** The answer of the run itself, in one of the panels. */
  readonly base?: (tables: T, panel: string | null) => number | undefined
}

/** A Vega-Lite specification. */
export type FigureSpec = Readonly<Record<string, unknown>>

/** What a run is given. */
export interface RunContext<V> {
  readonly params: V
  readonly rng: Rng
  /** What the user's files hold, by the parameter that names each (see {@link Param}); none by default. */
  readonly files: Readonly<Record<string, string>>
}

/** Processor time this program has used so far, in all its threads; only differences mean anything. */
export interface Stopwatch {
  cpuSeconds(): number
}

/**
 * What is timed on the machine at hand, beside the pure run. It is printed for the person who runs the script, and is
 * part of no golden, claim or report.
 */
export interface Measurement<V = AnyParamValues, M extends TableColumns = TableColumns> {
  readonly schema: TablesSchema<M>
  run(context: Omit<RunContext<V>, 'files'> & { readonly stopwatch: Stopwatch }): Tables<M>
}

/** Everything that makes an experiment. */
export interface Experiment<
  P extends Params = Params,
  C extends TableColumns = TableColumns,
  M extends TableColumns = TableColumns,
> {
  /** `paper/item-slug`, the path of its script under experiments/. */
  readonly id: string
  /** Semantic version; bumped when the answer changes on purpose. */
  readonly version: string
  /** The ledger its claims are in: golden/papers/<paper>.csv; left out by a study that no paper has. */
  readonly paper?: string
  /** Figure, table or section, as the paper names it. */
  readonly item: string
  readonly title: string
  readonly params: P
  /** Constants of the models it uses that are no parameters, for the record of sources. */
  readonly constants?: Readonly<Record<string, Quantity>>
  /** The first one is the default and the one judged against the paper. */
  readonly variants?: Readonly<Record<string, Variant<P>>>
  readonly schema: TablesSchema<C>
  /** Pure: no clock, no I/O, randomness from `rng` alone. */
  run(context: RunContext<ParamValues<P>>): Tables<C>
  /** Timed when the script is run by a person, see {@link Measurement}. */
  readonly measure?: Measurement<ParamValues<P>, M>
  readonly claims: Readonly<Record<string, ClaimSpec<Tables<C>, ParamValues<P>>>>
  /** Why claims miss, by claim id. */
  readonly reasons?: Readonly<Record<string, Reason>>
  readonly errata?: readonly Erratum[]
  /** The claims the paper leads with, by id, each with one line on why our value comes out as it does. */
  readonly headlines?: Readonly<Record<string, string>>
  readonly sensitivity?: Sensitivity<Tables<C>>
  /** The paper's figure: our values, with the paper's marks beside them. */
  readonly figure?: (tables: Tables<C>, marks: readonly Mark[]) => FigureSpec
}

/** An experiment whose parameters and columns are only known at run time. */
export interface AnyExperiment extends Omit<Experiment, 'run' | 'measure' | 'claims' | 'sensitivity' | 'figure'> {
  run(context: RunContext<AnyParamValues>): AnyTables
  readonly measure?: Measurement
  readonly claims: Readonly<Record<string, ClaimSpec>>
  readonly sensitivity?: Sensitivity
  readonly figure?: (tables: AnyTables, marks: readonly Mark[]) => FigureSpec
}

/** Name of the variant with the rules that evidently made the printed numbers, mistakes included. */
export const PUBLISHED = 'as-published'
/** Name of the variant whose rules are as they should be. */
export const CORRECTED = 'corrected'

/** Name of the one variant of an experiment that declares none. */
export const SOLE_VARIANT = 'default'

/**
 * Defines an experiment; it is checked when it is loaded or run, so that a mistake ends in one clear line.
 *
 * @example
 * ```ts
 * import { anyExperiment } from '../../lib/harness/experiment.ts'
 * import { experiment, tables } from '../../lib/harness/mod.ts'
 * import { runExperiment } from '../../lib/harness/run.ts'
 *
 * const source = { kind: 'assumed', why: 'an example', range: 'any' } as const
 * const doubled = experiment({
 *   id: 'own/doubled',
 *   version: '1.0.0',
 *   item: 'none',
 *   title: 'Twice a number',
 *   params: { x: { type: 'number', value: 2, unit: '1', source, description: 'the number' } },
 *   schema: tables({ doubled: { y: { type: 'number', unit: '1' } } }),
 *   run: ({ params }) => ({ doubled: [{ y: 2 * params.x }] }),
 *   claims: {},
 * })
 * runExperiment(anyExperiment(doubled), { set: { x: 21 } }).tables // => { doubled: [{ y: 42 }] }
 * ```
 */
export function experiment<
  const P extends Params,
  const C extends TableColumns,
  const M extends TableColumns = TableColumns,
>(definition: Experiment<P, C, M>): Experiment<P, C, M> {
  return Object.freeze(definition)
}

/** Names of an experiment's variants, the default one first. */
export function variantNames(exp: AnyExperiment): string[] {
  const names = Object.keys(exp.variants ?? {})
  return names.length > 0 ? names : [SOLE_VARIANT]
}

/**
 * Forgets the precise types of an experiment, so that experiments of any kind can be handled alike. Sound because a
 * run checks parameters against the experiment's domains and tables against its schema.
 */
export function anyExperiment<P extends Params, C extends TableColumns>(exp: Experiment<P, C>): AnyExperiment {
  return exp as unknown as AnyExperiment
}
