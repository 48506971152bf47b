import { dynatranPrune, sparsityOf } from '../../../lib/accelerators/acceltran/mod.ts'
import { type Encoder, layerMatrices } from '../../../lib/training/mod.ts'
import { type Counted, type Measurement, netActivations } from './trained-measure.ts'

/** The weights of an encoder's layers, which are those that enter matrix products. */
export function layerWeights(encoder: Encoder): Counted {
  let [zeros, elements] = [0, 0]
  for (const tensor of layerMatrices(encoder.tensors)) {
    const values = encoder.view(tensor)
    zeros += sparsityOf(values) * values.length
    elements += values.length
  }
  return { zeros: Math.round(zeros), elements }
}

/**
 * Weight pruning by DynaTran (WP): weights of the layers below the threshold become 0 before a study is run; behind it they
 * are what they were.
 *
 * @param thresholdTau 0 for none
 */
export function withPrunedWeights<T>(encoder: Encoder, thresholdTau: number, study: () => T): T {
  const tensors = layerMatrices(encoder.tensors)
  const before = tensors.map((tensor) => encoder.view(tensor).slice())
  for (const tensor of tensors) {
    const values = encoder.view(tensor)
    dynatranPrune(values, thresholdTau, { values, mask: new Uint8Array(values.length) })
  }
  try {
    return study()
  } finally {
    for (const [i, tensor] of tensors.entries()) encoder.view(tensor).set(before[i] as Float32Array)
  }
}

/**
 * Zeros among the layers' weights and the activations that enter products together; as in Fig. 1, the weights count once
 * for each sentence.
 *
 * @param options.paddedTokens see {@link netActivations}
 */
export function netWithWeights(
  measured: Measurement,
  weights: Counted,
  { sentences, paddedTokens }: { readonly sentences: number; readonly paddedTokens: number },
): Counted {
  const activations = netActivations(measured, paddedTokens)
  return {
    zeros: activations.zeros + sentences * weights.zeros,
    elements: activations.elements + sentences * weights.elements,
  }
}
