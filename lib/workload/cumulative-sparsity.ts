/** A group of parameters and the share of zeros among them. */
export interface PrunedPart {
  readonly parameters: number
  readonly sparsity: number
}

/**
 * Sparsity of a whole model from that of its parts (adapter-ALBERT Eq. 1): S_c = sum of S_i P_i with P_i the part's
 * share in all parameters. Parts that are not listed count as dense.
 *
 * @param total parameters of the whole model
 * @throws {RangeError} if a sparsity is outside 0 to 1, a part has no number of parameters, or the parts are larger than
 *   the whole
 */
export function cumulativeSparsity(parts: readonly PrunedPart[], total: number): number {
  let listed = 0
  let zeros = 0
  for (const { parameters, sparsity } of parts) {
    if (!(parameters >= 0)) {
      throw new RangeError(`Cannot sum sparsities: parameters must be a number from 0, got ${parameters}`)
    }
    if (!(sparsity >= 0 && sparsity <= 1)) {
      throw new RangeError(`Cannot sum sparsities: each must be from 0 to 1, got ${sparsity}`)
    }
    listed += parameters
    zeros += sparsity * parameters
  }
  // The paper's own shares are rounded, so that a part more than the whole by rounding is let through.
  if (!(total > 0 && Number.isFinite(total) && listed <= total * (1 + 1e-9))) {
    throw new RangeError(`Cannot sum sparsities: the parts must fit into ${total} parameters, got ${listed}`)
  }
  return zeros / total
}

/**
 * The sparsity that one part needs for a sparsity of the whole, the other parts given: Eq. 1 solved for it. Outside 0
 * to 1 where no pruning of that part can reach it.
 *
 * @throws {RangeError} as {@link cumulativeSparsity}, or if the part is empty
 */
export function neededSparsity(
  cumulative: number,
  part: Pick<PrunedPart, 'parameters'>,
  others: readonly PrunedPart[],
  total: number,
): number {
  if (!(part.parameters > 0)) {
    throw new RangeError(`Cannot solve for a sparsity: the part must have parameters, got ${part.parameters}`)
  }
  if (!Number.isFinite(cumulative)) {
    throw new RangeError(`Cannot solve for a sparsity: the whole's must be a number, got ${cumulative}`)
  }
  // Checks that all parts fit the whole together.
  cumulativeSparsity([...others, { ...part, sparsity: 0 }], total)
  return ((cumulative - cumulativeSparsity(others, total)) * total) / part.parameters
}
