import { workGraph } from './graph.ts'
import { ACCELTRAN } from './machine.ts'
import type { AccelTranQuirks } from './quirks.ts'
import { type AccelTranRun, runDimensions } from './workload.ts'

/** Elements an inference holds. */
export interface Footprint {
  /** Word and position embeddings. */
  readonly embeddings: number
  readonly weights: number
  readonly activations: number
}

/**
 * Elements of embeddings, weights and activations of a batch: what the memory operations load and store (AccelTran
 * Fig. 1). Activations are those of all layers, as if each had a place of its own.
 */
export function footprint(run: AccelTranRun, quirks: AccelTranQuirks = {}): Footprint {
  const { data, embedding } = workGraph(runDimensions(run), ACCELTRAN.tileSide.value, quirks)
  const elements = (stored: boolean) =>
    data.reduce((sum, datum) => sum + (datum.stored === stored && datum !== embedding ? datum.elements : 0), 0)
  return { embeddings: embedding.elements, weights: elements(false), activations: elements(true) }
}

/** Bits of an element in memory when a share of all is zero and left out; masks not counted. */
export function bitsPerElement(sparsity: number): number {
  return ACCELTRAN.wordBits.value * (1 - sparsity)
}
