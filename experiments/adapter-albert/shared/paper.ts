import type { Source } from '../../../lib/numeric/mod.ts'

/** What a place in the adapter-ALBERT paper says. */
export const adapterAlbert = (where: string): Source => ({ kind: 'paper', where: `adapter-ALBERT ${where}` })

/** What no source says: our choice, and what would do as well. */
export const assumed = (why: string, range: string): Source => ({ kind: 'assumed', why, range })
