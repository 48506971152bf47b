import { topKPrune } from '../../../lib/accelerators/acceltran/mod.ts'
import { type EncodedSentences, type Encoder, judgeSentences, type Tap } from '../../../lib/training/mod.ts'
import { ProductCounter, type ProductCounts } from './trained-products.ts'

/**
 * Activation matrices that enter a matrix product, in the order of a layer: what it is given (C-OP-1 to 3 of Table I),
 * queries and keys (C-OP-4), values and probabilities (C-OP-6), contexts (C-OP-7), the first norm's output (C-OP-9) and
 * the inner activations behind GELU (C-OP-10). Scores and what goes to a norm or out of the last layer enter none.
 */
export const OPERANDS = [
  'input',
  'queries',
  'keys',
  'values',
  'probabilities',
  'contexts',
  'normalised',
  'inner',
] as const
export type Operand = (typeof OPERANDS)[number]

/** What is done to activations: DynaTran to all operands, top-k to the probabilities. At tau = 0 nothing is pruned. */
export type Pruning =
  | { readonly method: 'DynaTran'; readonly setting: number }
  | { readonly method: 'top-k'; readonly setting: number }

/** Elements of an operand over all layers and sentences, and zeros among them. */
export interface Counted {
  readonly zeros: number
  readonly elements: number
}

/** What a network does under pruning. */
export interface Measurement {
  /** Share of the sentences it gets right. */
  readonly accuracy: number
  readonly operands: Readonly<Record<Operand, Counted>>
  /** Over all matrices of probabilities, the mean elements that a row keeps, summed up. */
  readonly keptPerRow: number
  /** Matrices of probabilities: layers x heads x sentences; their rows, and the rows of the longest. */
  readonly matrices: number
  readonly rows: number
  readonly longest: number
  /** Multiplications by product, where they were asked for. */
  readonly products: ProductCounts | null
}

/** Operands by where a pass shows them; queries, keys and values lie side by side. */
const SHOWN: Readonly<Record<string, readonly Operand[]>> = {
  embedding: ['input'],
  output: ['input'],
  projections: ['queries', 'keys', 'values'],
  probabilities: ['probabilities'],
  contexts: ['contexts'],
  normalised: ['normalised'],
  inner: ['inner'],
}

/**
 * Runs sentences through a network whose activations are pruned, and counts. A pruned matrix stays pruned for all that
 * reads it, the residual additions too. Rows have their sentence's length: there is no padding.
 *
 * @param options.countProducts count the multiplications whose operands are zero as well
 */
export function measurePruned(
  encoder: Encoder,
  sentences: EncodedSentences,
  { pruning, countProducts = false }: { readonly pruning: Pruning; readonly countProducts?: boolean },
): Measurement {
  const { layers, hidden, feedForward } = encoder.shape
  const { tokens, longest: most } = encoder.capacity
  const mask = new Uint8Array(Math.max(tokens * Math.max(3 * hidden, feedForward), most * most))
  const rows = Array.from({ length: encoder.capacity.longest + 1 }, (_, n) => new Float64Array(n))
  const zeros: Record<Operand, number> = zeroCounts()
  const elements: Record<Operand, number> = zeroCounts()
  let [keptPerRow, matrices, allRows, longest] = [0, 0, 0, 0]
  const products = countProducts ? new ProductCounter(encoder, sentences) : undefined
  const tap: Tap = ({ point, layer, start, rows: count, columns, sentence, head }, floats) => {
    const shown = SHOWN[point]
    // What leaves the last layer enters no product of the encoder.
    if (!shown || (point === 'output' && layer === layers - 1)) return
    const size = count * columns
    const threshold = pruning.method === 'DynaTran' ? pruning.setting : 0
    let left = 0
    if (pruning.method === 'top-k' && point === 'probabilities') {
      const values = floats.subarray(start, start + size)
      const scratch = rows[columns] as Float64Array
      const into = { values, mask: mask.subarray(0, size) }
      left = topKPrune(values, { columns, k: pruning.setting, into, scratch, selection: 'heap' }).zeros
      zeros.probabilities += left
    } else {
      const width = columns / shown.length
      for (let part = 0; part < shown.length; part++) {
        left = pruneColumns(floats, start + part * width, count, columns, width, threshold)
        zeros[shown[part] as Operand] += left
      }
    }
    for (const operand of shown) elements[operand] += size / shown.length
    if (point === 'probabilities') {
      keptPerRow += (size - left) / count
      matrices++
      allRows += count
      longest = Math.max(longest, count)
    }
    if (!products) return
    const zero = mask.subarray(0, size)
    for (let i = 0; i < size; i++) zero[i] = Number(floats[start + i] === 0)
    products.see({ point, layer, columns, sentence, head }, zero)
  }
  const { accuracies } = judgeSentences(encoder, sentences, { tap })
  return {
    accuracy: accuracies[0] as number,
    operands: Object.fromEntries(
      OPERANDS.map((operand) => [operand, { zeros: zeros[operand], elements: elements[operand] }]),
    ) as Record<Operand, Counted>,
    keptPerRow,
    matrices,
    rows: allRows,
    longest,
    products: products?.counts ?? null,
  }
}

/**
 * DynaTran on some columns of a matrix, in place: the library's rule without its mask, as most time is spent here.
 *
 * @param start of the first of these columns
 * @param row numbers from one row to the next
 * @returns zeros, at tau = 0 those that are there
 */
export function pruneColumns(
  floats: Float32Array,
  start: number,
  rows: number,
  row: number,
  width: number,
  thresholdTau: number,
): number {
  const bound = Math.max(thresholdTau, Number.MIN_VALUE)
  let zeros = 0
  for (let from = start; from < start + rows * row; from += row) {
    for (let i = from; i < from + width; i++) {
      if (Math.abs(floats[i] as number) < bound) {
        floats[i] = 0
        zeros++
      }
    }
  }
  return zeros
}

const zeroCounts = () => Object.fromEntries(OPERANDS.map((operand) => [operand, 0])) as Record<Operand, number>

/**
 * Net activation sparsity: zeros among all operands of the products over all of their elements.
 *
 * @param paddedTokens positions that every sentence is filled up to, 0 for none: columns of padding have probabilities
 *   of zero, and rows of padding are taken to be as sparse as those of words
 */
export function netActivations(measured: Measurement, paddedTokens: number): Counted {
  let [zeros, elements] = [0, 0]
  for (const counted of Object.values(padded(measured, paddedTokens))) {
    zeros += counted.zeros
    elements += counted.elements
  }
  return { zeros, elements }
}

/** Share that probabilities have in all operands of the products, 0 to 1; padding as in {@link netActivations}. */
export function probabilityShare(measured: Measurement, paddedTokens: number): number {
  const { probabilities } = padded(measured, paddedTokens)
  return probabilities.elements / netActivations(measured, paddedTokens).elements
}

/**
 * Operands of sentences that are filled up to a length, see {@link netActivations}.
 *
 * @throws {RangeError} if a sentence is longer
 */
export function padded(measured: Measurement, paddedTokens: number): Readonly<Record<Operand, Counted>> {
  const { operands, keptPerRow, matrices, rows, longest } = measured
  if (paddedTokens === 0) return operands
  if (paddedTokens < longest) {
    throw new RangeError(`Cannot pad sentences: the length must be 0 or at least ${longest}, got ${paddedTokens}`)
  }
  // A matrix of probabilities has a row for each token of its sentence.
  const stretch = (paddedTokens * matrices) / rows
  return Object.fromEntries(
    OPERANDS.map((operand) => {
      const { zeros, elements } = operands[operand]
      if (operand !== 'probabilities') return [operand, { zeros: zeros * stretch, elements: elements * stretch }]
      const all = matrices * paddedTokens * paddedTokens
      return [operand, { zeros: all - paddedTokens * keptPerRow, elements: all }]
    }),
  ) as Record<Operand, Counted>
}
