import {
  type AccessTime,
  type Composition,
  composeBank,
  type MemoryBank,
  type MemoryMacro,
} from '../../hardware/mod.ts'
import type { Design } from './design.ts'
import type { Deployment, Storage, Traffic } from './volumes.ts'

/** Macros to build from: cells of the values, cells of the mask, SRAM. */
export interface MacroTables {
  readonly values: readonly MemoryMacro[]
  readonly mask: readonly MemoryMacro[]
  readonly sram: readonly MemoryMacro[]
}

/** Memories on chip: values and mask of what tasks share, and SRAM. */
export interface Memories {
  readonly values: MemoryBank
  readonly mask: MemoryBank
  readonly sram: MemoryBank
}

/** The machine around the memories. */
export interface Machine {
  readonly dramBytesPerNs: number
  readonly dramPjPerByte: number
  readonly macsPerNs: number
  /** Time between two inferences in which SRAM keeps what it holds and RRAM is off. */
  readonly idleNs: number
}

/** How macros become memories. */
export interface MemoryRules {
  readonly composition: Composition
  readonly accessTime: AccessTime
}

/** Bytes that each memory holds. */
export type Placement = Readonly<Record<keyof Memories, number>>

/** Where a design puts what it stores. */
export function placementOf({ sharedIn }: Design, stored: Storage): Placement {
  const { valueBytes, maskBytes, taskBytes, activationBytes } = stored
  const own = taskBytes + activationBytes
  return sharedIn === 'RRAM'
    ? { values: valueBytes, mask: maskBytes, sram: own }
    : { values: 0, mask: 0, sram: own + valueBytes + maskBytes }
}

/** Memories that hold so much. */
export function buildMemories(tables: MacroTables, bytes: Placement, rules: MemoryRules): Memories {
  return {
    values: composeBank(tables.values, { ...rules, bytes: bytes.values }),
    mask: composeBank(tables.mask, { ...rules, bytes: bytes.mask }),
    sram: composeBank(tables.sram, { ...rules, bytes: bytes.sram }),
  }
}

/** Names of the parts of an inference's time, one after the other. */
export const LATENCY_PARTS = ['dram', 'fill', 'shared', 'task', 'activations', 'compute'] as const
/** Names of the parts of its energy. */
export const ENERGY_PARTS = ['dram', 'fill', 'values', 'mask', 'task', 'activations', 'leakage'] as const

/** Time and energy of an inference as sums of their parts. */
export interface InferenceCost {
  /** ns; `shared` is the slower of values and mask, which are read side by side, in SRAM one after the other. */
  readonly latencyParts: Readonly<Record<(typeof LATENCY_PARTS)[number], number>>
  /** pJ; computing takes none, as in the paper. */
  readonly energyParts: Readonly<Record<(typeof ENERGY_PARTS)[number], number>>
  readonly latencyNs: number
  readonly energyPj: number
}

/** Bits of a number whose multiply-accumulate takes one cycle where fewer bits take less. */
const FULL_BITS = 32

/**
 * Time and energy of an inference (adapter-ALBERT Sec. IV-C, with what it leaves open as options).
 *
 * @param moved bytes per inference
 * @throws {RangeError} if DRAM or computing has no speed
 */
export function inferenceCost(
  { model, design, options }: Pick<Deployment, 'model' | 'design' | 'options'>,
  { values, mask, sram }: Memories,
  { moved, machine }: { readonly moved: Traffic; readonly machine: Machine },
): InferenceCost {
  const { dramBytesPerNs, dramPjPerByte, macsPerNs, idleNs } = machine
  if (!(dramBytesPerNs > 0 && macsPerNs > 0 && dramPjPerByte >= 0 && idleNs >= 0)) {
    throw new RangeError(
      `Cannot run an inference: dramBytesPerNs and macsPerNs must be positive, dramPjPerByte and idleNs not negative, got ${dramBytesPerNs}, ${macsPerNs}, ${dramPjPerByte} and ${idleNs}`,
    )
  }
  const inRram = design.sharedIn === 'RRAM'
  const [valueBank, maskBank] = inRram ? [values, mask] : [sram, sram]
  const valueNs = timeOf(moved.valueBytes, valueBank.readBytesPerNs)
  const maskNs = timeOf(moved.maskBytes, maskBank.readBytesPerNs)
  const dram = timeOf(moved.reloadBytes, dramBytesPerNs)
  const write = timeOf(moved.reloadBytes, sram.writeBytesPerNs)
  const scale = model.bits / FULL_BITS
  const latencyParts = {
    dram,
    fill: options.fill === 'serial' ? write : options.fill === 'overlapped' ? Math.max(0, write - dram) : 0,
    shared: inRram ? Math.max(valueNs, maskNs) : valueNs + maskNs,
    task: timeOf(moved.taskBytes, sram.readBytesPerNs),
    activations:
      timeOf(moved.activationReadBytes, sram.readBytesPerNs) + timeOf(moved.activationWriteBytes, sram.writeBytesPerNs),
    compute:
      options.compute === 'none' ? 0 : (moved.macs / macsPerNs) * (options.compute === 'fixed' ? 1 : scale * scale),
  }
  const { fill, shared, task, activations, compute } = latencyParts
  const latencyNs = dram + fill + shared + task + activations + compute
  const leakageMw = values.leakageMw + mask.leakageMw + sram.leakageMw
  const energyParts = {
    dram: moved.reloadBytes * dramPjPerByte,
    fill: moved.reloadBytes * sram.writePjPerByte,
    values: moved.valueBytes * valueBank.readPjPerByte,
    mask: moved.maskBytes * maskBank.readPjPerByte,
    task: moved.taskBytes * sram.readPjPerByte,
    activations: moved.activationReadBytes * sram.readPjPerByte + moved.activationWriteBytes * sram.writePjPerByte,
    // mW x ns = pJ
    leakage: options.leakage ? leakageMw * latencyNs + sram.leakageMw * idleNs : 0,
  }
  let energyPj = 0
  for (const part of ENERGY_PARTS) energyPj += energyParts[part]
  return { latencyParts, energyParts, latencyNs, energyPj }
}

const timeOf = (bytes: number, bytesPerNs: number): number => (bytes === 0 ? 0 : bytes / bytesPerNs)
