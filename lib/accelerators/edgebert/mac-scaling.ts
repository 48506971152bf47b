/**
 * Power of the accelerator as its vector size n grows, in units of one active MAC: `base` (control, clocks, buses, what
 * does not grow), `perLane` times n (decoders, accumulator ports), and the n x n MACs, which keep drawing `idleArray` of
 * their power while the other units work.
 */
export interface PowerSplit {
  readonly base: number
  readonly perLane: number
  readonly idleArray: number
}

/**
 * Energy of a layer in units of one active MAC's cycle.
 *
 * @param cycles of the processing unit, and of everything else
 */
export function scaledEnergy(
  cycles: { readonly matmul: number; readonly other: number },
  n: number,
  { base, perLane, idleArray }: PowerSplit,
): number {
  const still = base + perLane * n
  return cycles.matmul * (still + n * n) + cycles.other * (still + idleArray * n * n)
}

/**
 * The base powers for which one size takes less energy than all the others.
 *
 * E(n) = (matmul + other) (b + v n) + (matmul + g other) n^2 is linear in b, so each other size bounds b from one side.
 *
 * @param sizes cycles by vector size
 * @returns the open interval, or null if there is none
 */
export function baseWindow(
  sizes: readonly { readonly n: number; readonly matmul: number; readonly other: number }[],
  best: number,
  split: Omit<PowerSplit, 'base'>,
): { readonly from: number; readonly to: number } | null {
  const at = sizes.find(({ n }) => n === best)
  if (!at) throw new RangeError(`Cannot compare sizes: ${best} must be one of ${sizes.map(({ n }) => n).join(', ')}`)
  const ownTime = at.matmul + at.other
  const ownRest = scaledEnergy(at, best, { ...split, base: 0 })
  let from = 0
  let to = Number.POSITIVE_INFINITY
  for (const size of sizes) {
    if (size.n === best) continue
    const time = size.matmul + size.other
    const rest = scaledEnergy(size, size.n, { ...split, base: 0 })
    // b ownTime + ownRest < b time + rest
    if (time === ownTime) {
      if (!(ownRest < rest)) return null
      continue
    }
    const bound = (ownRest - rest) / (time - ownTime)
    if (time > ownTime) from = Math.max(from, bound)
    else to = Math.min(to, bound)
  }
  return from < to ? { from, to } : null
}
