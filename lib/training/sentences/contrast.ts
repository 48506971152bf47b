import type { Rng } from '../../numeric/mod.ts'
import { pick } from '../babi/draw.ts'
import { wordsOf } from './clauses.ts'

const CONCEDING = ['although', 'even though'] as const

/**
 * Joins two clauses so that one counts, the main one: "SIDE but MAIN", "although SIDE , MAIN", "MAIN although SIDE", the
 * last two also with "even though". Each of the three orders is as likely.
 */
export function contrast(
  rng: Rng,
  { main, side }: { readonly main: readonly string[]; readonly side: readonly string[] },
): string[] {
  const order = rng.integer(3)
  if (order === 0) return [...side, 'but', ...main]
  const conceding = wordsOf(pick(rng, CONCEDING))
  return order === 1 ? [...conceding, ...side, ',', ...main] : [...main, ...conceding, ...side]
}
