import type { Reals } from './dynatran.ts'

/** A vector without its zeros (AccelTran Sec. III-B6): what is left in order, and a mask that tells where it stood. */
export interface ZeroFree {
  /** One per element of the dense vector: 1 where it is zero or pruned and must not be used (Sec. III-B5). */
  readonly mask: Uint8Array
  /** The elements with mask 0, in order. */
  readonly values: Float64Array
}

/**
 * Leaves out the ineffectual elements: the zero-collapsing shifter.
 *
 * @param mask 1 where an element is ineffectual; where the zeros stand if left out
 * @throws {RangeError} if the mask is of another length
 */
export function zeroCollapse(dense: Reals, mask: Uint8Array = Uint8Array.from(dense, isZero)): ZeroFree {
  if (mask.length !== dense.length) {
    throw new RangeError(`Cannot collapse a vector: its mask must have ${dense.length} bits, got ${mask.length}`)
  }
  const values = new Float64Array(dense.length - onesOf(mask))
  let next = 0
  for (let i = 0; i < dense.length; i += 1) {
    if (mask[i] !== 0) continue
    values[next] = dense[i] as number
    next += 1
  }
  return { mask: mask.slice(), values }
}

/**
 * Puts the zeros back in: the post-compute sparsity module, and the inverse of {@link zeroCollapse}.
 *
 * @throws {RangeError} if there are not as many values as the mask leaves
 */
export function zeroExpand({ mask, values }: ZeroFree): Float64Array {
  const effectual = mask.length - onesOf(mask)
  if (values.length !== effectual) {
    throw new RangeError(`Cannot expand a vector: there must be ${effectual} values, got ${values.length}`)
  }
  const dense = new Float64Array(mask.length)
  let next = 0
  for (let i = 0; i < dense.length; i += 1) {
    if (mask[i] !== 0) continue
    dense[i] = values[next] as number
    next += 1
  }
  return dense
}

/** Deviations of the pre-compute sparsity module; none is on by default. */
export interface PreComputeQuirks {
  /**
   * The masks are ANDed as they are, as Sec. III-B6 says, although a 1 of theirs marks an ineffectual element (also
   * Sec. III-B6). The AND is right for masks whose 1 marks an effectual one, as in the authors' mask.sv and
   * update_mask.sv (jha-lab/acceltran, synthesis/top) and in SPRING, from which they come.
   */
  readonly printedAnd?: boolean
}

/** Two operands as they enter the multipliers: pair by pair. */
export interface OperandPairs {
  /** 1 at the positions taken for those where both operands are not zero. */
  readonly outputMask: Uint8Array
  readonly first: Float64Array
  readonly second: Float64Array
}

/**
 * The pre-compute sparsity module (AccelTran Fig. 8): finds the positions where neither operand is zero and drops the
 * rest. The output mask is the NOR of the two masks; XOR with it gives each operand's filter mask, whose elements the
 * filter steps over.
 *
 * @throws {RangeError} if the operands are of different lengths
 */
export function preCompute(a: ZeroFree, b: ZeroFree, quirks: PreComputeQuirks = {}): OperandPairs {
  if (a.mask.length !== b.mask.length) {
    throw new RangeError(
      `Cannot pair two operands: both must have the same number of elements, got ${a.mask.length} and ${b.mask.length}`,
    )
  }
  const flip = quirks.printedAnd ? 0 : 1
  const outputMask = new Uint8Array(a.mask.length)
  for (let i = 0; i < outputMask.length; i += 1) {
    outputMask[i] = ((a.mask[i] as number) ^ flip) & ((b.mask[i] as number) ^ flip)
  }
  const pairs = onesOf(outputMask)
  const first = new Float64Array(pairs)
  const second = new Float64Array(pairs)
  let [fromA, fromB, next] = [0, 0, 0]
  for (let i = 0; i < outputMask.length; i += 1) {
    const marked = outputMask[i] as number
    if (marked !== 0) {
      // With the quirk an operand may run out of values; the register behind the last one holds 0.
      first[next] = a.values[fromA] ?? 0
      second[next] = b.values[fromB] ?? 0
      next += 1
    }
    fromA += marked | ((a.mask[i] as number) ^ flip ^ marked)
    fromB += marked | ((b.mask[i] as number) ^ flip ^ marked)
  }
  return { outputMask, first, second }
}

const isZero = (value: number): number => (value === 0 ? 1 : 0)

function onesOf(mask: Uint8Array): number {
  let ones = 0
  for (let i = 0; i < mask.length; i += 1) ones += mask[i] as number
  return ones
}
