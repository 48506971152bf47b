/**
 * 2^exponent, exactly, without the engine's own power function.
 *
 * @throws {RangeError} if the exponent is no integer from -1000 to 1000
 */
export function powerOfTwo(exponent: number): number {
  if (!Number.isInteger(exponent) || Math.abs(exponent) > 1000) {
    throw new RangeError(`Cannot raise 2: exponent must be an integer from -1000 to 1000, got ${exponent}`)
  }
  const factor = exponent < 0 ? 0.5 : 2
  let value = 1
  for (let i = Math.abs(exponent); i > 0; i -= 1) value *= factor
  return value
}

/**
 * The integer part of log2 of a positive number, right to the last bit.
 *
 * @throws {RangeError} if the number is not positive and finite
 */
export function floorLog2(x: number): number {
  if (!(x > 0 && Number.isFinite(x))) {
    throw new RangeError(`Cannot take a logarithm: x must be positive and finite, got ${x}`)
  }
  const estimate = Math.floor(Math.log2(x))
  if (powerOfTwo(estimate) > x) return estimate - 1
  return powerOfTwo(estimate + 1) <= x ? estimate + 1 : estimate
}
