import type { Quantity, Source } from '../../numeric/mod.ts'
import { computeBlocks, MAIN_MEMORY_ACCESS_NJ, type MainMemoryName } from './modules.ts'
import type { AccelTranQuirks } from './quirks.ts'

const paper = (where: string): Source => ({ kind: 'paper', where: `AccelTran ${where}` })
const config = (which: string): Source => ({ kind: 'public', which: `jha-lab/acceltran ea7ba16, simulator: ${which}` })

/** What all configurations share, each with unit and source. */
export const ACCELTRAN = {
  clockMhz: { value: 700, unit: 'MHz', source: paper('Sec. IV-B') },
  multipliers: { value: 16, unit: 'multiplier', source: paper('Sec. IV-B') },
  integerBits: { value: 4, unit: 'bit', source: paper('Sec. IV-B') },
  fractionBits: { value: 16, unit: 'bit', source: paper('Sec. IV-B') },
  wordBits: { value: 20, unit: 'bit', source: { kind: 'derived', how: 'IL + FL = 4 + 16 (AccelTran Sec. III-B4)' } },
  maskBits: { value: 1, unit: 'bit', source: paper('Sec. III-B6: one mask bit per element') },
  tileSide: { value: 16, unit: 'element', source: paper('Sec. IV-B') },
  vocabulary: { value: 30522, unit: 'token', source: paper('Sec. II-A') },
  activationSparsity: { value: 0.5, unit: '1', source: config('constants') },
  weightSparsity: { value: 0.5, unit: '1', source: paper('Sec. V-D, V-G') },
  bufferBytesPerCycle: {
    value: 567.549,
    unit: 'byte/cycle',
    source: config('constants; the code moves 11,350.98 bit, a byte taken for a word of 20 bit'),
  },
} as const satisfies Record<string, Quantity>

/** Bits of a MiB. */
export const BITS_PER_MB = 8 * 1024 * 1024

/** One on-chip buffer each for activations, weights and masks, in MiB. */
export interface BufferSizes {
  readonly activationMb: number
  readonly weightMb: number
  readonly maskMb: number
}

/** Parts of the net buffer size that activations, weights and masks get (AccelTran Sec. V-C). */
export const BUFFER_PARTS = { activationMb: 4, weightMb: 8, maskMb: 1 } as const satisfies BufferSizes
const ALL_BUFFER_PARTS = BUFFER_PARTS.activationMb + BUFFER_PARTS.weightMb + BUFFER_PARTS.maskMb

/** Buffers of a net size, split 4:8:1 into activations, weights and masks (AccelTran Sec. V-C). */
export function splitBuffers(netMb: number): BufferSizes {
  const part = (name: keyof BufferSizes) => (BUFFER_PARTS[name] * netMb) / ALL_BUFFER_PARTS
  return { activationMb: part('activationMb'), weightMb: part('weightMb'), maskMb: part('maskMb') }
}

/** An AccelTran, as plain numbers. Each PE has one layer-norm module. */
export interface AccelTran {
  readonly pes: number
  readonly macLanesPerPe: number
  readonly softmaxPerPe: number
  /** Side of the square tiles. */
  readonly tileSide: number
  /** Tile operations that a window holds; the control block issues a window per head and cycle. */
  readonly issueWidth: number
  readonly clockMhz: number
  readonly buffers: BufferSizes
  readonly mainMemoryBitsPerCycle: number
  readonly bufferBitsPerCycle: number
  /** Energy of an access of main memory, 64 words. */
  readonly mainMemoryAccessNj: number
}

/** Bits a cycle moves, from bytes; the published simulator moved a word where it meant a byte. */
export function bitsPerCycle(bytes: number, { wordBandwidth = false }: AccelTranQuirks = {}): number {
  return bytes * (wordBandwidth ? ACCELTRAN.wordBits.value : 8)
}

/** Settings of a configuration, each with unit and source. */
export interface AccelTranSettings {
  readonly pes: Quantity
  readonly macLanesPerPe: Quantity
  readonly softmaxPerPe: Quantity
  readonly activationMb: Quantity
  readonly weightMb: Quantity
  readonly maskMb: Quantity
  readonly batch: Quantity
  readonly issueWidth: Quantity
  readonly mainMemory: Quantity<MainMemoryName>
  readonly mainMemoryBytesPerCycle: Quantity
}

const table2 = (value: number, unit: string): Quantity => ({ value, unit, source: paper('Table II') })
const moved = (bits: string) => config(`configuration; the code moves ${bits} bit, a byte taken for a word of 20 bit`)

/** AccelTran-Edge. */
export const EDGE: AccelTranSettings = {
  pes: table2(64, 'PE'),
  macLanesPerPe: table2(16, 'lane'),
  softmaxPerPe: table2(4, 'module'),
  activationMb: table2(4, 'MiB'),
  weightMb: table2(8, 'MiB'),
  maskMb: table2(1, 'MiB'),
  batch: table2(4, 'sequence'),
  issueWidth: { value: 8, unit: 'tile operation', source: config('configuration of the edge device') },
  mainMemory: { value: 'dram_32_2_1', unit: 'memory', source: config('configuration of the edge device') },
  mainMemoryBytesPerCycle: { value: 39.26825, unit: 'byte/cycle', source: moved('785.365') },
}

/** AccelTran-Server. */
export const SERVER: AccelTranSettings = {
  pes: table2(512, 'PE'),
  macLanesPerPe: table2(32, 'lane'),
  softmaxPerPe: table2(32, 'module'),
  activationMb: table2(32, 'MiB'),
  weightMb: table2(64, 'MiB'),
  maskMb: table2(8, 'MiB'),
  batch: {
    value: 4,
    unit: 'sequence',
    source: config('configuration of the server device; Table II prints 32'),
  },
  issueWidth: { value: 128, unit: 'tile operation', source: config('configuration of the server device') },
  mainMemory: { value: 'rram_32_2_1', unit: 'memory', source: config('configuration of the server device') },
  mainMemoryBytesPerCycle: { value: 392.6825, unit: 'byte/cycle', source: moved('7,853.65') },
}

/** Tile operations a window holds in the low-power mode of the edge device. */
export const LOW_POWER_ISSUE_WIDTH: Quantity = {
  value: 2,
  unit: 'tile operation',
  source: config('configuration of the edge device in low-power mode'),
}

/** A configuration as a machine; `quirks` decides what a byte of bandwidth is. */
export function accelTran(settings: AccelTranSettings, quirks: AccelTranQuirks = {}): AccelTran {
  return {
    pes: settings.pes.value,
    macLanesPerPe: settings.macLanesPerPe.value,
    softmaxPerPe: settings.softmaxPerPe.value,
    tileSide: ACCELTRAN.tileSide.value,
    issueWidth: settings.issueWidth.value,
    clockMhz: ACCELTRAN.clockMhz.value,
    buffers: {
      activationMb: settings.activationMb.value,
      weightMb: settings.weightMb.value,
      maskMb: settings.maskMb.value,
    },
    mainMemoryBitsPerCycle: bitsPerCycle(settings.mainMemoryBytesPerCycle.value, quirks),
    bufferBitsPerCycle: bitsPerCycle(ACCELTRAN.bufferBytesPerCycle.value, quirks),
    mainMemoryAccessNj: MAIN_MEMORY_ACCESS_NJ[settings.mainMemory.value],
  }
}

/**
 * Checks that a machine can be built.
 *
 * @throws {RangeError} naming the setting, what it must be and what it is
 */
export function checkMachine(machine: AccelTran): void {
  for (const name of ['pes', 'macLanesPerPe', 'softmaxPerPe', 'issueWidth'] as const) {
    if (!Number.isSafeInteger(machine[name]) || machine[name] < 1) {
      throw new RangeError(`Cannot build AccelTran: ${name} must be a positive integer, got ${machine[name]}`)
    }
  }
  const rates = {
    clockMhz: machine.clockMhz,
    mainMemoryBitsPerCycle: machine.mainMemoryBitsPerCycle,
    bufferBitsPerCycle: machine.bufferBitsPerCycle,
    mainMemoryAccessNj: machine.mainMemoryAccessNj,
    ...machine.buffers,
  }
  for (const [name, value] of Object.entries(rates)) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`Cannot build AccelTran: ${name} must be above 0, got ${value}`)
    }
  }
  computeBlocks(machine.tileSide)
}

/**
 * Multiply-accumulates and other operations a machine does per second at most, a MAC counted as one (TOP/s, Table III).
 *
 * @example
 * ```ts
 * import { accelTran, EDGE, peakTops } from '../../lib/accelerators/acceltran/mod.ts'
 *
 * // PEs x (lanes + softmax modules + 1) x multipliers, at 700 MHz.
 * peakTops(accelTran(EDGE)) // => (64 * (16 + 4 + 1) * 16 * 700) / 1e6
 * ```
 */
export function peakTops(machine: AccelTran): number {
  const perPe = (machine.macLanesPerPe + machine.softmaxPerPe + 1) * ACCELTRAN.multipliers.value
  return (machine.pes * perPe * machine.clockMhz) / 1e6
}
