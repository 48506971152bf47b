import type { Datum, Operation, WorkGraph } from './graph.ts'

/** Shares of zeros, 0 to below 1. */
export interface Sparsity {
  /** Of all activations; all operations are shortened by it. */
  readonly activations: number
  readonly weights: number
  /** Share of an operation's work that zeros save, where each has its own: in the stead of that of the activations. */
  readonly savedIn?: (operation: Operation) => number
  /** Share of zeros in a datum, where each has its own: in the stead of the other two. */
  readonly zerosIn?: (datum: Datum) => number
}

/** Share of an operation's work that zeros save. */
export function savedShare({ activations, savedIn }: Sparsity, operation: Operation): number {
  return savedIn ? savedIn(operation) : activations
}

/** Share of zeros in a datum. */
export function zeroShare({ activations, weights, zerosIn }: Sparsity, datum: Datum): number {
  if (zerosIn) return zerosIn(datum)
  return datum.stored ? activations : weights
}

/**
 * Checks shares of zeros.
 *
 * @param graph whose operations and data are asked for theirs
 * @throws {RangeError} naming one that is not from 0 to below 1
 */
export function checkSparsity(sparsity: Sparsity, graph: WorkGraph): void {
  const check = (what: string, value: number) => {
    if (!(value >= 0 && value < 1)) {
      throw new RangeError(`Cannot simulate: sparsity of ${what} must be from 0 to below 1, got ${value}`)
    }
  }
  check('activations', sparsity.activations)
  check('weights', sparsity.weights)
  if (sparsity.savedIn) for (const operation of graph.operations) check(operation.name, savedShare(sparsity, operation))
  if (sparsity.zerosIn) for (const datum of graph.data) check(datum.name, zeroShare(sparsity, datum))
}
