/** Exponents of the powers of two that a double holds, down to the smallest denormal. */
const EXPONENTS = { min: -1074, max: 1023 } as const

/**
 * 2^exponent, exactly, without the engine's own power function.
 *
 * @throws {RangeError} if the exponent is no integer from -1074 to 1023
 */
export function powerOfTwo(exponent: number): number {
  if (!Number.isInteger(exponent) || exponent < EXPONENTS.min || exponent > EXPONENTS.max) {
    throw new RangeError(
      `Cannot raise 2: exponent must be an integer from ${EXPONENTS.min} to ${EXPONENTS.max}, got ${exponent}`,
    )
  }
  const factor = exponent < 0 ? 0.5 : 2
  let value = 1
  for (let i = Math.abs(exponent); i > 0; i -= 1) value *= factor
  return value
}

/** base^exponent for a positive base and any exponent, without the engine's own power function. */
export const powerOf = (base: number, exponent: number): number => Math.exp(exponent * Math.log(base))

/**
 * The integer part of log2 of a positive number, right to the last bit.
 *
 * @throws {RangeError} if the number is not positive and finite
 */
export function floorLog2(x: number): number {
  if (!(x > 0 && Number.isFinite(x))) {
    throw new RangeError(`Cannot take a logarithm: x must be positive and finite, got ${x}`)
  }
  const estimate = Math.min(Math.max(Math.floor(Math.log2(x)), EXPONENTS.min), EXPONENTS.max)
  if (powerOfTwo(estimate) > x) return estimate - 1
  return estimate < EXPONENTS.max && powerOfTwo(estimate + 1) <= x ? estimate + 1 : estimate
}
