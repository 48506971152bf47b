import { type Rng, shuffle } from '../../numeric/mod.ts'

/** One of the items, each as likely; there must be one. */
export function pick<T>(rng: Rng, items: readonly T[]): T {
  return items[rng.integer(items.length)] as T
}

/** One of the items that are not `not`; there must be one. */
export function pickOther<T>(rng: Rng, items: readonly T[], not: T | undefined): T {
  let drawn = pick(rng, items)
  while (drawn === not) drawn = pick(rng, items)
  return drawn
}

/** Whether something of this probability happens. */
export function chance(rng: Rng, probability: number): boolean {
  return rng.next() < probability
}

/** A copy of the items in random order. */
export function shuffled<T>(rng: Rng, items: readonly T[]): T[] {
  const order = items.slice()
  shuffle(order, rng)
  return order
}

/** A list that holds each item as often as said, to pick from with such odds. */
export function repeated<T>(times: readonly (readonly [item: T, times: number])[]): readonly T[] {
  return times.flatMap(([item, n]) => Array<T>(n).fill(item))
}
