import type { Source } from '../../../lib/numeric/mod.ts'

/** What a place in the AccelTran paper says. */
export const acceltran = (where: string): Source => ({ kind: 'paper', where: `AccelTran ${where}` })
/** What the authors' repository holds. */
export const repository = (what: string): Source => ({ kind: 'public', which: `jha-lab/acceltran ea7ba16, ${what}` })

/** The sequence length behind the printed numbers, which the paper does not state. */
export const LONG_SEQUENCE: Source = repository(
  'history of the simulator: 512 tokens in the code that made the figures, 128 in the last one; the paper states none',
)
