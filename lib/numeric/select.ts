/**
 * The element that would stand at a rank if the array were sorted (Hoare's quickselect, median of three). The array is
 * rearranged.
 *
 * @param rank 0 for the smallest
 * @throws {RangeError} if the array has no such rank
 */
export function selectRank(values: Float64Array, rank: number): number {
  if (!Number.isInteger(rank) || rank < 0 || rank >= values.length) {
    throw new RangeError(`Cannot select: rank must be an integer from 0 to ${values.length - 1}, got ${rank}`)
  }
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const [a, b, c] = [values[low], values[(low + high) >> 1], values[high]] as [number, number, number]
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
    let i = low
    let j = high
    while (i <= j) {
      while ((values[i] as number) < pivot) i += 1
      while ((values[j] as number) > pivot) j -= 1
      if (i > j) break
      const held = values[i] as number
      values[i] = values[j] as number
      values[j] = held
      i += 1
      j -= 1
    }
    if (rank <= j) high = j
    else if (rank >= i) low = i
    else break
  }
  return values[rank] as number
}
