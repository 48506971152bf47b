import type { OperationKind } from './graph.ts'
import { ACCELTRAN } from './machine.ts'

/** Words a FIFO passes on per cycle, two rows of a 16 x 16 tile. */
const FIFO_WORDS_PER_CYCLE = 32
/** Times a layer-norm module walks the rows of a tile: moments, then normalisation. */
const NORM_PASSES = 2

/** Cycles an operand's tile takes through the FIFO of a lane, zeros left out. */
export function fifoCycles(tileSide: number, activationSparsity: number): number {
  return Math.ceil((tileSide * tileSide * (1 - activationSparsity)) / FIFO_WORDS_PER_CYCLE)
}

/**
 * Cycles of a tile operation (AccelTran Sec. III-B4 for the MAC lane; the published simulator for the others). Zeros of
 * the activations are skipped, those of the weights are not.
 *
 * @param withFifo a lane is taken until its operands have passed the FIFO as well
 */
export function tileLatencies(
  tileSide: number,
  activationSparsity: number,
  withFifo: boolean,
): Readonly<Record<OperationKind, number>> {
  const density = 1 - activationSparsity
  const square = tileSide * tileSide
  const matmul = Math.ceil(((square * tileSide) / ACCELTRAN.multipliers.value) * density)
  return {
    matmul: withFifo ? Math.max(matmul, fifoCycles(tileSide, activationSparsity), 1) : matmul,
    gelu: 1,
    softmax: Math.ceil(square * density),
    layernorm: Math.ceil(NORM_PASSES * tileSide * density),
  }
}
