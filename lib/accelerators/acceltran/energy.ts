import { ACCELTRAN, type AccelTran } from './machine.ts'
import { BLOCKS, type Block, BUFFER_BLOCKS, computeBlocks } from './modules.ts'
import type { AccelTranQuirks } from './quirks.ts'
import type { Simulation } from './simulate.ts'

/** Dynamic and leakage energy. */
export interface DynamicAndLeakage {
  readonly dynamicNj: number
  readonly leakageNj: number
}

/** The blocks of the PEs whose energy is told apart. */
export const PE_PARTS = ['mac', 'softmax', 'layerNorm', 'sparsity', 'fifo'] as const
export type PePart = (typeof PE_PARTS)[number]

/** Where the energy of a batch goes. */
export interface BatchEnergy {
  readonly parts: Readonly<Record<PePart, DynamicAndLeakage>>
  /** The parts' sums. */
  readonly peDynamicNj: number
  readonly peLeakageNj: number
  /** Stores into the activation and mask buffers. */
  readonly bufferStoreNj: number
  readonly bufferLeakageNj: number
  /** Loads from main memory. */
  readonly mainMemoryNj: number
  readonly totalNj: number
}

/** Options of the energy model. */
export interface EnergyOptions {
  readonly quirks?: AccelTranQuirks
  /** Modules that do nothing leak nothing (AccelTran Sec. III-B8). @default true */
  readonly powerGating?: boolean
}

/**
 * Energy of a simulated batch: power times busy cycles (mW / MHz = nJ). Reading operands from the buffers costs nothing,
 * as in the published simulator.
 *
 * @param machine the machine it was simulated on
 */
export function batchEnergy(simulation: Simulation, machine: AccelTran, options: EnergyOptions = {}): BatchEnergy {
  const { quirks = {}, powerGating = true } = options
  const { busyModuleCycles: busy, cycles, fifoCycles, modulesTaken, buffers } = simulation
  const { mac, softmax, layerNorm } = computeBlocks(machine.tileSide)
  const { preSparsity, postSparsity, fifo } = BLOCKS
  const lanes = machine.pes * machine.macLanesPerPe
  const nj = (milliwatts: number, moduleCycles: number) => (milliwatts * moduleCycles) / machine.clockMhz
  const part = (pairs: readonly (readonly [block: Block, busyCycles: number, modules: number])[]) => ({
    dynamicNj: pairs.reduce((sum, [block, busyCycles]) => sum + nj(block.dynamicMw, busyCycles), 0),
    leakageNj: pairs.reduce(
      (sum, [block, busyCycles, modules]) => sum + nj(block.leakageMw, powerGating ? busyCycles : modules * cycles),
      0,
    ),
  })
  // One cycle each before and after a matrix product, and both operands through a FIFO.
  const products = quirks.idleSubmodules ? 0 : modulesTaken.matmul
  const parts = {
    mac: part([[mac, busy.matmul + busy.gelu, lanes]]),
    softmax: part([[softmax, busy.softmax, machine.pes * machine.softmaxPerPe]]),
    layerNorm: part([[layerNorm, busy.layernorm, machine.pes]]),
    sparsity: part(
      quirks.idleSubmodules
        ? []
        : [
            [preSparsity.value, products, lanes],
            [postSparsity.value, products, lanes],
          ],
    ),
    fifo: part(quirks.idleSubmodules ? [] : [[fifo.value, 2 * fifoCycles * products, lanes]]),
  }
  const sum = (of: (part: DynamicAndLeakage) => number) => PE_PARTS.reduce((total, name) => total + of(parts[name]), 0)
  const peDynamicNj = sum(({ dynamicNj }) => dynamicNj)
  const peLeakageNj = sum(({ leakageNj }) => leakageNj)
  const leakingCycles = (name: keyof Simulation['buffers']) =>
    quirks.idleBuffersFree ? buffers[name].transferCycles : cycles
  const { activationMb, weightMb, maskMb } = machine.buffers
  const bufferLeakageNj =
    nj(BUFFER_BLOCKS.activation.value.leakageMwPerMb * activationMb, leakingCycles('activation')) +
    nj(BUFFER_BLOCKS.weight.value.leakageMwPerMb * weightMb, leakingCycles('weight')) +
    nj(BUFFER_BLOCKS.mask.value.leakageMwPerMb * maskMb, leakingCycles('mask'))
  const bufferStoreNj = buffers.activation.storeNj + buffers.mask.storeNj
  const mainMemoryNj = buffers.weight.loadNj + buffers.mask.loadNj
  return {
    parts,
    peDynamicNj,
    peLeakageNj,
    bufferStoreNj,
    bufferLeakageNj,
    mainMemoryNj,
    totalNj: peDynamicNj + peLeakageNj + bufferStoreNj + bufferLeakageNj + mainMemoryNj,
  }
}

/** Average power over a number of cycles. */
export function watts(energyNj: number, cycles: number, clockMhz: number = ACCELTRAN.clockMhz.value): number {
  return (energyNj * clockMhz) / (cycles * 1000)
}
