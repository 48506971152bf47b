import { powerOfTwo, symmetricCode } from '../../numeric/mod.ts'
import type { Network } from './network.ts'

/** Number formats of an accelerator: all integers symmetric around 0, scaled per hop to the largest magnitude met. */
export interface QuantisedFormat {
  /** Bits of queries and memory rows in a score, sign included. */
  readonly scoreBits: number
  /** Bits of memory rows in the weighted sum, sign included. */
  readonly valueBits: number
}

/** One hop of one question as integers; the arrays are reused, so copy what is to last. */
export interface QuantisedHop {
  readonly hop: number
  /** Codes of the query. */
  readonly query: Int16Array
  /** Codes of the statements' memory rows, one row after the other; the first `statements` rows count. */
  readonly memory: Int16Array
  readonly statements: number
  /** The hop's threshold in units of the integer score; -Infinity where nothing is pruned. */
  readonly threshold: number
}

/** Largest magnitudes a network shows, per hop: of queries, of memory rows in scores, and in the weighted sum. */
export interface Magnitudes {
  readonly query: readonly number[]
  readonly memory: readonly number[]
  readonly value: readonly number[]
}

/**
 * Asks questions in integer arithmetic, as an accelerator would after post-training quantisation (LeOPArd Sec. 5.1): exact
 * integer scores, scores below the hop's threshold pruned, softmax of the rest in floating point.
 *
 * @param order question numbers
 * @param options.magnitudes ends of the integer ranges; what lies beyond is cut off
 * @param options.prune whether thresholds apply
 * @param options.visit sees every hop
 * @returns share of questions answered rightly
 */
export function evaluateQuantised(
  network: Network,
  order: Int32Array,
  options: {
    readonly format: QuantisedFormat
    readonly magnitudes: Magnitudes
    readonly prune: boolean
    /** Empty slots of every memory that take part: as many as there are slots beyond the statements; 0 for none. */
    readonly slots?: number
    readonly visit?: (hop: QuantisedHop) => void
  },
): number {
  const { format, magnitudes, prune, slots: filled = 0, visit } = options
  network.embed(order, 0, order.length)
  const { width, hops, slots, vocabulary } = network.shape
  const { floats } = network.kernels
  const top = powerOfTwo(format.scoreBits - 1) - 1
  const valueTop = powerOfTwo(format.valueBits - 1) - 1
  const queryScales = scalesOf(magnitudes.query, top)
  const memoryScales = scalesOf(magnitudes.memory, top)
  const valueScales = scalesOf(magnitudes.value, valueTop)
  const query = new Int16Array(width)
  const memory = new Int16Array(slots * width)
  const weights = new Float64Array(slots)
  const state = new Float64Array(width)
  let right = 0
  for (const q of order) {
    const statements = network.statements(q)
    network.gather(q, statements)
    const start = network.queries[0] as number
    for (let i = 0; i < width; i++) state[i] = floats[start + i] as number
    for (let hop = 0; hop < hops; hop++) {
      const queryScale = queryScales[hop] as number
      const memoryScale = memoryScales[hop] as number
      const keys = network.memories[hop] as number
      for (let i = 0; i < width; i++) query[i] = symmetricCode((state[i] as number) / queryScale, top)
      for (let i = 0; i < statements * width; i++)
        memory[i] = symmetricCode((floats[keys + i] as number) / memoryScale, top)
      const threshold = prune
        ? (network.thresholds[hop] as number) / queryScale / memoryScale
        : Number.NEGATIVE_INFINITY
      visit?.({ hop, query, memory, statements, threshold })
      const empty = Math.max(0, filled - statements)
      weigh(weights, { query, memory, statements, threshold, scale: queryScale * memoryScale, empty })
      const values = network.memories[hop + 1] as number
      const valueScale = valueScales[hop] as number
      for (let s = 0; s < statements; s++) {
        const weight = weights[s] as number
        if (weight === 0) continue
        for (let i = 0; i < width; i++) {
          const value = symmetricCode((floats[values + s * width + i] as number) / valueScale, valueTop) * valueScale
          state[i] = (state[i] as number) + weight * value
        }
      }
    }
    const last = network.queries[hops] as number
    for (let i = 0; i < width; i++) floats[last + i] = state[i] as number
    network.kernels.matvec(network.parameters.tables[hops] as number, vocabulary, width, last, network.logits)
    if (network.answer() === network.rightAnswer(q)) right++
  }
  return right / order.length
}

/**
 * Softmax of the integer scores from the threshold on; the others, or all, weigh nothing. The score of an empty slot is 0,
 * and so is what it would add.
 */
function weigh(
  weights: Float64Array,
  {
    query,
    memory,
    statements,
    threshold,
    scale,
    empty,
  }: Pick<QuantisedHop, 'query' | 'memory' | 'statements' | 'threshold'> & {
    readonly scale: number
    readonly empty: number
  },
): void {
  const width = query.length
  const keepsEmpty = empty > 0 && threshold <= 0
  let top = keepsEmpty ? 0 : Number.NEGATIVE_INFINITY
  for (let s = 0, at = 0; s < statements; s++) {
    let score = 0
    for (let i = 0; i < width; i++) score += (query[i] as number) * (memory[at++] as number)
    weights[s] = score < threshold ? Number.NEGATIVE_INFINITY : score * scale
    if ((weights[s] as number) > top) top = weights[s] as number
  }
  let sum = keepsEmpty ? empty * Math.exp(-top) : 0
  for (let s = 0; s < statements; s++) {
    const power = top === Number.NEGATIVE_INFINITY ? 0 : Math.exp((weights[s] as number) - top)
    weights[s] = power
    sum += power
  }
  for (let s = 0; s < statements && sum > 0; s++) weights[s] = (weights[s] as number) / sum
}

/** Steps of the integer ranges whose ends are `top`; a range of zeros has step 1. */
const scalesOf = (magnitudes: readonly number[], top: number): number[] =>
  magnitudes.map((magnitude) => (magnitude || top) / top)

/**
 * The largest magnitudes that questions give, in floating point.
 *
 * @param prune whether thresholds apply
 */
export function magnitudesOf(network: Network, order: Int32Array, prune: boolean): Magnitudes {
  const { hops, width } = network.shape
  const { floats } = network.kernels
  const zeros = () => Array<number>(hops).fill(0)
  const [query, memory, value] = [zeros(), zeros(), zeros()]
  const widen = (of: number[], hop: number, start: number, count: number) => {
    for (let i = start; i < start + count; i++) {
      of[hop] = Math.max(of[hop] as number, Math.abs(floats[i] as number))
    }
  }
  network.embed(order, 0, order.length)
  for (const q of order) {
    network.forward(q, { kind: prune ? 'pruned' : 'softmax' })
    const count = network.statements(q) * width
    for (let hop = 0; hop < hops; hop++) {
      widen(query, hop, network.queries[hop] as number, width)
      widen(memory, hop, network.memories[hop] as number, count)
      widen(value, hop, network.memories[hop + 1] as number, count)
    }
  }
  return { query, memory, value }
}
