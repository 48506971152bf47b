/**
 * Bits after which a unit of one bit per cycle stops on one score, without allocating anything: for scores that come one
 * query with its own keys at a time, as those of memory networks do. {@link bitSerialScore} is the same, step by step.
 *
 * @param query codes of the query
 * @param keys rows of codes; the row that starts at `at` counts
 * @param unit bits of a key's element, sign included, and the threshold in units of the score
 * @returns the bits taken, with the sign turned where the score is pruned: -4 is pruned after four bits, 12 is kept
 */
export function stopBits(
  query: Int16Array,
  { keys, at }: { readonly keys: Int16Array; readonly at: number },
  { bits, threshold }: { readonly bits: number; readonly threshold: number },
): number {
  const width = query.length
  let concordant = 0
  for (let i = 0; i < width; i++) {
    const q = query[i] as number
    // Zero has a positive sign.
    if (q < 0 === (keys[at + i] as number) < 0) concordant += q < 0 ? -q : q
  }
  let partial = 0
  for (let bit = bits - 1; ; bit--) {
    if (partial + concordant * ((1 << bit) - 1) < threshold) return bit - bits
    if (bit === 0) return bits
    const weight = 1 << (bit - 1)
    let sum = 0
    for (let i = 0; i < width; i++) {
      const k = keys[at + i] as number
      if (((k < 0 ? -k : k) & weight) !== 0) sum += k < 0 ? -(query[i] as number) : (query[i] as number)
    }
    partial += sum * weight
  }
}
