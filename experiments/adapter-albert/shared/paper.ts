import type { Source } from '../../../lib/numeric/mod.ts'

/** What a place in the adapter-ALBERT paper says. */
export const adapterAlbert = (where: string): Source => ({ kind: 'paper', where: `adapter-ALBERT ${where}` })
