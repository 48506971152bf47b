import type { Quantity, Source } from '../../../lib/numeric/mod.ts'

/** What a place in the LeOPArd paper says. */
export const leopard = (where: string): Source => ({ kind: 'paper', where: `LeOPArd ${where}` })

/** A result the paper prints, where a study measures itself against it or a fit rests on it. */
export const printed = (value: number, unit: string, where: string): Quantity => ({
  value,
  unit,
  source: leopard(`${where} (a result of the paper, taken as input)`),
})

/** Half a unit of the last digit of results printed with one decimal. */
const HALF_TENTH = 0.05
/** The values that are printed as one with one decimal. */
export const roundingOf = ({ value }: Quantity) => ({ low: value - HALF_TENTH, high: value + HALF_TENTH })

/** How a claim that comes out rests on fitted parameters. */
export interface Fit {
  readonly parameter: string
  readonly method: string
  readonly window: string
}

/** What rests on several fits. */
export const fits = (...all: readonly Fit[]): Fit => ({
  parameter: all.map(({ parameter }) => parameter).join(', '),
  method: all.map(({ method }) => method).join('; '),
  window: all.map(({ window }) => window).join('; '),
})

/** The two configurations of a tile: as large as the baseline, and highly parallel. */
export const CONFIGS = ['AE', 'HP'] as const
export type Config = (typeof CONFIGS)[number]

/** The value at the one lowest cost; the first of equals. */
export const lowest = <T>(items: readonly T[], cost: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>((best, item) => (best === undefined || cost(item) < cost(best) ? item : best), undefined)
