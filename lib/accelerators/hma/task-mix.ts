/** A task of a multi-task workload. */
export interface Task {
  readonly name: string
  /** Bottleneck widths of its adapter modules, in the designs that have any. */
  readonly adapters: readonly number[]
  /** Outputs of its classifier. */
  readonly labels: number
  /** Weight of its inferences among all; any positive number. */
  readonly share: number
}

/** Tasks, and how often each has to be loaded where only one stays on chip. */
export interface TaskMix {
  readonly tasks: readonly Task[]
  /** Shares of all inferences; they sum to 1. */
  readonly shares: readonly number[]
  /** Loads of each task's parameters per inference. */
  readonly loads: readonly number[]
  /** Tasks of the same sizes together. */
  readonly kinds: readonly TaskKind[]
}

/** Tasks that differ in nothing but name and share. */
export interface TaskKind {
  /** One of them. */
  readonly task: Task
  readonly count: number
  /** Their shares and loads together. */
  readonly share: number
  readonly load: number
}

/** How tasks follow each other. */
export const SWITCHINGS = ['alternating', 'random', 'rate'] as const
/**
 * `alternating`: tasks change as often as their shares allow, at every inference where none has more than half of them.
 * `random`: drawn by their shares. `rate`: a given share of the inferences follow one of another task.
 */
export type Switching = (typeof SWITCHINGS)[number]

/**
 * How often tasks are loaded. Loads stand to each other as in random draws, but for tasks that are loaded each time they
 * run already.
 *
 * @param options.switchRate inferences of another task than the one before, 0 to 1; for `rate`
 * @throws {RangeError} if there is no task, a share is not positive, or tasks of such shares cannot change so often
 *
 * @example
 * ```ts
 * import { meanOver, taskMix } from '../../lib/accelerators/hma/mod.ts'
 *
 * const tasks = [
 *   { name: 'wake', adapters: [32], labels: 2, share: 3 },
 *   { name: 'ask', adapters: [64], labels: 3, share: 1 },
 * ]
 * const mix = taskMix(tasks, { switching: 'alternating' })
 * // Every run of the rarer task comes after, and before, one of the other.
 * mix.loads // => [0.25, 0.25]
 * meanOver(mix, ({ labels }) => labels) // => (3 * 2 + 1 * 3) / 4
 * ```
 */
export function taskMix(
  tasks: readonly Task[],
  options: { readonly switching: Switching; readonly switchRate?: number },
): TaskMix {
  const shares = sharesOf(tasks)
  if (tasks.length === 1) return mixOf(tasks, shares, [0])
  const randomRate = shares.reduce((sum, share) => sum + share * (1 - share), 0)
  const { switching, switchRate = Number.NaN } = options
  const most = mostSwitches(tasks)
  const rate = switching === 'random' ? randomRate : switching === 'alternating' ? most : switchRate
  if (!(rate >= 0 && rate <= most * (1 + 1e-12))) {
    throw new RangeError(
      `Cannot mix tasks: with these shares the share of inferences after another task must be from 0 to ${Number(most.toFixed(6))}, got ${rate}`,
    )
  }
  // The rarest task is the first whose every run needs a load.
  let [left, weight] = [rate, randomRate]
  const saturated = new Set<number>()
  for (const share of [...shares].sort((a, b) => a - b)) {
    const change = share * (1 - share)
    if (left * change <= share * weight) break
    saturated.add(share)
    left -= share
    weight -= change
  }
  const loads = shares.map((share) => (saturated.has(share) ? share : (left * share * (1 - share)) / weight))
  return mixOf(tasks, shares, loads)
}

/**
 * The largest share of inferences that can follow one of another task: all, or twice what is left of them by a task that
 * has more than half.
 *
 * @throws {RangeError} if there is no task, or a share is not positive
 */
export function mostSwitches(tasks: readonly Task[]): number {
  const shares = sharesOf(tasks)
  if (tasks.length === 1) return 0
  // What the others have together, and not 1 less the largest, of which little may be left.
  const largest = shares.indexOf(shares.reduce((most, share) => Math.max(most, share), 0))
  const others = shares.reduce((sum, share, i) => (i === largest ? sum : sum + share), 0)
  return Math.min(1, 2 * others)
}

function mixOf(tasks: readonly Task[], shares: readonly number[], loads: readonly number[]): TaskMix {
  const kinds = new Map<string, TaskKind>()
  tasks.forEach((task, i) => {
    const key = JSON.stringify([task.adapters, task.labels])
    const { count, share, load } = kinds.get(key) ?? { count: 0, share: 0, load: 0 }
    const added = { count: count + 1, share: share + (shares[i] as number), load: load + (loads[i] as number) }
    kinds.set(key, { task, ...added })
  })
  return { tasks, shares, loads, kinds: [...kinds.values()] }
}

function sharesOf(tasks: readonly Task[]): readonly number[] {
  if (tasks.length === 0) throw new RangeError('Cannot mix tasks: there must be at least one, got none')
  const bad = tasks.find(({ share }) => !(share > 0 && Number.isFinite(share)))
  if (bad) throw new RangeError(`Cannot mix tasks: the share of ${bad.name} must be a number above 0, got ${bad.share}`)
  const whole = tasks.reduce((sum, { share }) => sum + share, 0)
  return tasks.map(({ share }) => share / whole)
}

/** What the tasks' values come to for an inference. */
export function meanOver({ kinds }: TaskMix, of: (task: Task) => number): number {
  return kinds.reduce((sum, { task, share }) => sum + share * of(task), 0)
}

/** The tasks' values times how often each is loaded for an inference. */
export function loadedPerInference({ kinds }: TaskMix, of: (task: Task) => number): number {
  return kinds.reduce((sum, { task, load }) => sum + load * of(task), 0)
}
