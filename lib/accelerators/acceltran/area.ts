import type { AccelTran } from './machine.ts'
import { BLOCKS, BUFFER_BLOCKS, computeBlocks } from './modules.ts'

/** The blocks whose area is told apart. */
export const AREA_PARTS = ['mac', 'softmax', 'layerNorm', 'sparsity', 'fifo', 'dataflow', 'dma', 'buffers'] as const
export type AreaPart = (typeof AREA_PARTS)[number]

const MM2_PER_UM2 = 1e-6

/**
 * Area of each kind of block, without the floorplan's white space: per PE its MAC lanes, each with a pair of sparsity
 * modules and a FIFO, its softmax modules, one layer-norm module, one dataflow and one DMA block.
 *
 * @returns mm2 by part
 */
export function areaMm2(machine: AccelTran): Readonly<Record<AreaPart, number>> {
  const { mac, softmax, layerNorm } = computeBlocks(machine.tileSide)
  const { preSparsity, postSparsity, fifo, dataflow, dma } = BLOCKS
  const lanes = machine.pes * machine.macLanesPerPe
  const { activationMb, weightMb, maskMb } = machine.buffers
  const mm2 = (count: number, areaUm2: number) => count * areaUm2 * MM2_PER_UM2
  return {
    mac: mm2(lanes, mac.areaUm2),
    softmax: mm2(machine.pes * machine.softmaxPerPe, softmax.areaUm2),
    layerNorm: mm2(machine.pes, layerNorm.areaUm2),
    sparsity: mm2(lanes, preSparsity.value.areaUm2 + postSparsity.value.areaUm2),
    fifo: mm2(lanes, fifo.value.areaUm2),
    dataflow: mm2(machine.pes, dataflow.value.areaUm2),
    dma: mm2(machine.pes, dma.value.areaUm2),
    buffers:
      mm2(activationMb, BUFFER_BLOCKS.activation.value.areaUm2PerMb) +
      mm2(weightMb, BUFFER_BLOCKS.weight.value.areaUm2PerMb) +
      mm2(maskMb, BUFFER_BLOCKS.mask.value.areaUm2PerMb),
  }
}
