import type { Source } from '../../../lib/numeric/mod.ts'

/** What a place in the LeOPArd paper says. */
export const leopard = (where: string): Source => ({ kind: 'paper', where: `LeOPArd ${where}` })

/** The two configurations of a tile: as large as the baseline, and highly parallel. */
export const CONFIGS = ['AE', 'HP'] as const
export type Config = (typeof CONFIGS)[number]

/** Arithmetic mean. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Geometric mean. */
export const geometricMean = (values: readonly number[]): number =>
  Math.exp(mean(values.map((value) => Math.log(value))))

/** The value at the one lowest cost; the first of equals. */
export const lowest = <T>(items: readonly T[], cost: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>((best, item) => (best === undefined || cost(item) < cost(best) ? item : best), undefined)
