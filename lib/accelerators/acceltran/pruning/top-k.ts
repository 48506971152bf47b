import { checkBuffer, type PrunedBuffer, type PruningCount, type Reals } from './dynatran.ts'

/**
 * How the k largest elements of a row are found. A row of n takes O(n) comparisons on average by quick-select, as in
 * SpAtten's engine (Wang et al., HPCA 2021, Sec. IV), O(n log k) at most by a heap, and nk by k passes over the row.
 */
export const TOP_K_SELECTIONS = ['quick-select', 'heap', 'k passes'] as const
export type TopKSelection = (typeof TOP_K_SELECTIONS)[number]

/** How rows are pruned. */
export interface TopKOptions {
  readonly columns: number
  /** Elements to keep in each row; a row of no more is left as it is. */
  readonly k: number
  /** @default quick-select */
  readonly selection?: TopKSelection
  /** The row the selection works on, to use again and again; as long as a row. */
  readonly scratch?: Float64Array
  readonly into: PrunedBuffer
  /**
   * A quirk of the authors' experiments: what equals the k-th largest is pruned, so that k - 1 elements stay
   * (jha-lab/txf_design-space, modeling_dtbert.py: `weight_row > top_k.values[-1]`).
   *
   * @default false
   */
  readonly strictlyLarger?: boolean
}

/**
 * Top-k pruning (AccelTran Sec. II-B, after SpAtten): each row keeps its k largest elements, of equal ones those with the
 * lowest index; all others become zero. The k-th largest is selected, then every element is compared with it. A
 * comparison tells smaller, equal and larger apart and counts as one.
 *
 * @param matrix row by row; numbers that are no NaN
 * @throws {RangeError} if k or columns is no positive integer, columns do not divide the matrix, or the buffer or scratch
 *   is of another length
 */
export function topKPrune(matrix: Reals, options: TopKOptions): PruningCount {
  const { columns, k, selection = 'quick-select', into, scratch = new Float64Array(columns) } = options
  for (const [name, value] of Object.entries({ columns, k })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot keep the k largest: ${name} must be a positive integer, got ${value}`)
    }
  }
  if (matrix.length % columns !== 0) {
    throw new RangeError(
      `Cannot keep the k largest: the matrix must have whole rows of ${columns}, got ${matrix.length} elements`,
    )
  }
  if (scratch.length !== columns) {
    throw new RangeError(`Cannot keep the k largest: scratch must have ${columns} elements, got ${scratch.length}`)
  }
  checkBuffer('keep the k largest', matrix, into)
  const { values, mask } = into
  const whole = k >= columns
  const kept = Math.min(k, columns)
  const select = SELECT[selection]
  let comparisons = 0
  let zeros = 0
  for (let start = 0; start < matrix.length; start += columns) {
    let least = Number.NEGATIVE_INFINITY
    if (!whole) {
      for (let i = 0; i < columns; i += 1) scratch[i] = matrix[start + i] as number
      comparisons += select(scratch, kept) + columns
      least = scratch[kept - 1] as number
    }
    let ties = options.strictlyLarger ? 0 : kept
    if (!whole && ties > 0) for (let i = 0; i < columns; i += 1) if ((matrix[start + i] as number) > least) ties -= 1
    for (let i = start; i < start + columns; i += 1) {
      const value = matrix[i] as number
      let stays = value > least || whole
      if (!stays && value === least && ties > 0) {
        stays = true
        ties -= 1
      }
      const ineffectual = stays && value !== 0 ? 0 : 1
      values[i] = stays ? value : 0
      mask[i] = ineffectual
      zeros += ineffectual
    }
  }
  return { comparisons, zeros }
}

/** Rearrange a row so that its k-th largest element is the k-th, and return the comparisons this took. */
const SELECT: Readonly<Record<TopKSelection, (row: Float64Array, k: number) => number>> = {
  'quick-select': quickSelect,
  heap: heapSelect,
  'k passes': passes,
}

/** Median of three, and three ways, so that neither sorted rows nor equal elements (padding) make it quadratic. */
function quickSelect(row: Float64Array, k: number): number {
  let comparisons = 0
  let low = 0
  let high = row.length - 1
  const rank = k - 1
  while (low < high) {
    const a = row[low] as number
    const b = row[(low + high) >> 1] as number
    const c = row[high] as number
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
    comparisons += 3
    // Larger ones to the front, smaller ones to the back, in between those equal to the pivot.
    let front = low
    let back = high
    let at = low
    while (at <= back) {
      const value = row[at] as number
      comparisons += 1
      if (value > pivot) {
        row[at] = row[front] as number
        row[front] = value
        front += 1
        at += 1
      } else if (value < pivot) {
        row[at] = row[back] as number
        row[back] = value
        back -= 1
      } else at += 1
    }
    if (rank < front) high = front - 1
    else if (rank > back) low = back + 1
    else break
  }
  return comparisons
}

/** The first k elements as a heap with the smallest on top; every other element challenges the top. */
function heapSelect(row: Float64Array, k: number): number {
  let comparisons = 0
  for (let i = (k >> 1) - 1; i >= 0; i -= 1) comparisons += siftDown(row, i, k)
  for (let i = k; i < row.length; i += 1) {
    comparisons += 1
    if ((row[i] as number) <= (row[0] as number)) continue
    row[0] = row[i] as number
    comparisons += siftDown(row, 0, k)
  }
  row[k - 1] = row[0] as number
  return comparisons
}

function siftDown(heap: Float64Array, from: number, size: number): number {
  const value = heap[from] as number
  let comparisons = 0
  let at = from
  for (;;) {
    let child = 2 * at + 1
    if (child >= size) break
    if (child + 1 < size) {
      comparisons += 1
      if ((heap[child + 1] as number) < (heap[child] as number)) child += 1
    }
    comparisons += 1
    if ((heap[child] as number) >= value) break
    heap[at] = heap[child] as number
    at = child
  }
  heap[at] = value
  return comparisons
}

/** k times the largest of what is left: the naive way, without a sorted or partitioned row. */
function passes(row: Float64Array, k: number): number {
  let comparisons = 0
  for (let pass = 0; pass < k; pass += 1) {
    let largest = pass
    for (let i = pass + 1; i < row.length; i += 1) if ((row[i] as number) > (row[largest] as number)) largest = i
    comparisons += row.length - 1 - pass
    const value = row[largest] as number
    row[largest] = row[pass] as number
    row[pass] = value
  }
  return comparisons
}
