import type { Rng } from './rng.ts'

/** Puts items in random order, each order as likely (Fisher and Yates). */
export function shuffle<T>(items: { [index: number]: T; readonly length: number }, rng: Rng): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = rng.integer(i + 1)
    const moved = items[i] as T
    items[i] = items[j] as T
    items[j] = moved
  }
}
