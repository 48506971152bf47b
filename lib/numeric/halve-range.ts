/**
 * Halves a range so many times, keeping the half in which a statement turns from true to false.
 *
 * @param range where it is true at the low end and false at the high one
 * @returns the range that is left, low end first
 */
export function halveRange(
  range: readonly [number, number],
  isBelow: (x: number) => boolean,
  halvings: number,
): readonly [number, number] {
  let [low, high] = range
  for (let i = 0; i < halvings; i += 1) {
    const middle = (low + high) / 2
    if (isBelow(middle)) low = middle
    else high = middle
  }
  return [low, high]
}
