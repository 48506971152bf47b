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
 * @throws {RangeError} if a sparsity is outside 0 to 1, or the parts are larger than the whole
 */
export function cumulativeSparsity(parts: readonly PrunedPart[], total: number): number {
  const listed = parts.reduce((sum, { parameters }) => sum + parameters, 0)
  // The paper's own shares are rounded, so that a part more than the whole by rounding is let through.
  if (!(total > 0 && listed <= total * (1 + 1e-9))) {
    throw new RangeError(`Cannot sum sparsities: the parts must fit into ${total} parameters, got ${listed}`)
  }
  return parts.reduce((sum, { parameters, sparsity }) => {
    if (!(sparsity >= 0 && sparsity <= 1)) {
      throw new RangeError(`Cannot sum sparsities: each must be from 0 to 1, got ${sparsity}`)
    }
    return sum + (sparsity * parameters) / total
  }, 0)
}

/**
 * The sparsity that one part needs for a sparsity of the whole, the other parts given: Eq. 1 solved for it. Outside 0
 * to 1 where no pruning of that part can reach it.
 */
export function neededSparsity(
  cumulative: number,
  part: Pick<PrunedPart, 'parameters'>,
  others: readonly PrunedPart[],
  total: number,
): number {
  return ((cumulative - cumulativeSparsity(others, total)) * total) / part.parameters
}
