import {
  choicesOf,
  METRICS,
  type Metric,
  SPACE,
  type SpaceResults,
  SWITCH_NAMES,
  type Switch,
  settingOf,
  strideOf,
} from './assumption-space.ts'
import type { HmaSwitches } from './hma-params.ts'

/** Numbers that combinations are held against. */
export type Targets = Readonly<Record<Metric, number>>

/** Some of the combinations, by name. */
const SUBSET_CHOICES = {
  all: [],
  'computing takes no time or a fixed one': [['compute', ['none', 'fixed']]],
  'adapters are reloaded': [['resident', ['none']]],
  'adapters are reloaded, nothing leaks': [
    ['resident', ['none']],
    ['leakage', ['no']],
  ],
} as const satisfies Record<string, readonly (readonly [Switch, readonly string[]])[]>
export type Subset = keyof typeof SUBSET_CHOICES
export const SUBSETS = Object.keys(SUBSET_CHOICES) as Subset[]

/** Indices of the combinations of a subset. */
export function subsetOf(subset: Subset, count: number): Int32Array {
  return combinationsWith(SUBSET_CHOICES[subset], count)
}

/** Indices of the combinations that have one of some choices, of each of some switches. */
export function combinationsWith(
  choices: readonly (readonly [Switch, readonly string[]])[],
  count: number,
): Int32Array {
  const wanted = choices.map(([name, names]) => {
    const all: readonly string[] = SPACE[name]
    return { stride: strideOf(name), options: all.length, kept: all.map((choice) => names.includes(choice)) }
  })
  const found: number[] = []
  for (let index = 0; index < count; index += 1) {
    if (wanted.every(({ stride, options, kept }) => kept[Math.floor(index / stride) % options])) found.push(index)
  }
  return Int32Array.from(found)
}

/** Groups of numbers that are to come out together. */
export const GROUPS = {
  'all six': METRICS,
  'energy and latency': ['energyFp32', 'latencyFp32', 'energyQ35', 'latencyQ35'],
  area: ['areaFp32', 'areaQ35'],
  energy: ['energyFp32', 'energyQ35'],
  latency: ['latencyFp32', 'latencyQ35'],
} as const satisfies Record<string, readonly Metric[]>
export type Group = keyof typeof GROUPS
export const GROUP_NAMES = Object.keys(GROUPS) as Group[]

/** Natural logarithms of value over target, of every combination. */
export type LogErrors = Readonly<Record<Metric, Float64Array>>

export function logErrors({ values }: SpaceResults, targets: Targets): LogErrors {
  const of = (metric: Metric) => values[metric].map((value) => Math.log(value / targets[metric]))
  return Object.fromEntries(METRICS.map((metric) => [metric, of(metric)])) as Record<Metric, Float64Array>
}

/** Errors of a combination in some of the numbers: their root mean square, and the largest as a factor. */
export interface Misfit {
  readonly index: number
  readonly rms: number
  readonly worstFactor: number
}

/** The combination of least root mean square error; the first of several. */
export function bestFit(errors: LogErrors, metrics: readonly Metric[], among: Int32Array): Misfit | undefined {
  let [best, least] = [-1, Number.POSITIVE_INFINITY]
  for (const index of among) {
    let squares = 0
    for (const metric of metrics) squares += (errors[metric][index] as number) * (errors[metric][index] as number)
    if (squares < least) [best, least] = [index, squares]
  }
  if (best < 0) return undefined
  return { index: best, rms: Math.sqrt(least / metrics.length), worstFactor: worstFactor(errors, metrics, best) }
}

/** The factor by which a combination misses the number it misses most. */
export function worstFactor(errors: LogErrors, metrics: readonly Metric[], index: number): number {
  let worst = 0
  for (const metric of metrics) worst = Math.max(worst, Math.abs(errors[metric][index] as number))
  return Math.exp(worst)
}

/** Combinations that miss none of the numbers by more than each of the factors. */
export function countWithin(
  errors: LogErrors,
  metrics: readonly Metric[],
  among: Int32Array,
  factors: readonly number[],
): number[] {
  const counts = factors.map(() => 0)
  // Room for the rounding of a logarithm and back.
  const limits = factors.map((factor) => factor * (1 + 1e-12))
  for (const index of among) {
    const worst = worstFactor(errors, metrics, index)
    for (let i = 0; i < limits.length; i += 1) {
      if (worst <= (limits[i] as number)) counts[i] = (counts[i] as number) + 1
    }
  }
  return counts
}

/** Smallest and largest value of a number over some combinations; none if there are none. */
export function rangeOf(values: Float64Array, among: Iterable<number>): readonly [number, number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const index of among) {
    const value = values[index] as number
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return low <= high ? [low, high] : undefined
}

/** The switches of a combination in one line, each as `--set` takes it. */
export function describeChoices(index: number): string {
  const choices = choicesOf(index)
  const set = Object.assign({}, ...SWITCH_NAMES.map((name) => settingOf(name, choices[name]))) as Partial<HmaSwitches>
  return Object.entries(set)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')
}

/** A cell of a two-dimensional histogram over decimal logarithms. */
export interface CloudCell {
  readonly x: number
  readonly y: number
  readonly combinations: number
}

/** How combinations spread over two numbers: cells of so many a decade, named by their lower corner. */
export function cloudOf(x: Float64Array, y: Float64Array, perDecade: number): CloudCell[] {
  const cells = new Map<string, CloudCell>()
  const corner = (value: number) => Math.floor(Math.log10(value) * perDecade) / perDecade
  for (let i = 0; i < x.length; i += 1) {
    const [left, low] = [corner(x[i] as number), corner(y[i] as number)]
    const key = `${left},${low}`
    cells.set(key, { x: left, y: low, combinations: (cells.get(key)?.combinations ?? 0) + 1 })
  }
  return [...cells.values()].sort((a, b) => a.x - b.x || a.y - b.y)
}
