import type { Layout } from '../kernels.ts'

/** Sizes of a memory network. */
export interface NetworkShape {
  readonly vocabulary: number
  /** Elements of an embedding, d. */
  readonly width: number
  readonly hops: number
  /** Statements a memory holds. */
  readonly slots: number
}

/**
 * Where a network's parameters lie: embedding tables E_0 ... E_H (vocabulary x width) and ages T_0 ... T_H
 * (slots x width), all behind each other.
 */
export interface ParameterBlocks {
  readonly start: number
  readonly count: number
  readonly tables: readonly number[]
  readonly ages: readonly number[]
}

/** Lays out the parameters of a network. */
export function layOutParameters(layout: Layout, { vocabulary, width, hops, slots }: NetworkShape): ParameterBlocks {
  const start = layout.size
  const tables = levels(hops, () => layout.block(vocabulary * width))
  const ages = levels(hops, () => layout.block(slots * width))
  return { start, count: layout.size - start, tables, ages }
}

/** One of something for the input of every hop and one for the output of the last. */
export function levels<T>(hops: number, of: () => T): T[] {
  return Array.from({ length: hops + 1 }, of)
}
