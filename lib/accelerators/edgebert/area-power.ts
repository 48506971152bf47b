import { sramAreaMm2 } from '../../hardware/mod.ts'
import type { BitmaskBytes } from '../../numeric/mod.ts'

/** Memories of the accelerator. */
export interface MemoryBudget {
  readonly nodeNm: number
  /** Data and mask memory of each of the two decoders, and the auxiliary buffer of the special function unit; KiB. */
  readonly decoderKib: number
  readonly decoderMaskKib: number
  readonly auxKib: number
  /** What the ReRAM holds, and the area of a megabyte (10^6 byte) of values and of mask. */
  readonly embedding: BitmaskBytes
  readonly valueMm2PerMb: number
  readonly maskMm2PerMb: number
}

/** A memory and its area. */
export interface AreaBlock {
  readonly block: string
  readonly kib: number
  readonly areaMm2: number
}

/** Processing units have two decoders, one per operand (EdgeBERT Fig. 6). */
const DECODERS = 2

/** Area of the accelerator's memories, block by block. */
export function memoryArea(budget: MemoryBudget): AreaBlock[] {
  const { nodeNm, decoderKib, decoderMaskKib, auxKib, embedding, valueMm2PerMb, maskMm2PerMb } = budget
  const sram = (block: string, kib: number) => ({ block, kib, areaMm2: sramAreaMm2(kib * 1024, nodeNm) })
  const reram = (block: string, bytes: number, mm2PerMb: number) => ({
    block,
    kib: bytes / 1024,
    areaMm2: (bytes / 1e6) * mm2PerMb,
  })
  return [
    reram('ReRAM, values', embedding.valueBytes, valueMm2PerMb),
    reram('ReRAM, mask', embedding.maskBytes, maskMm2PerMb),
    sram('SRAM, two decoders', DECODERS * decoderKib),
    sram('SRAM, masks of two decoders', DECODERS * decoderMaskKib),
    sram('SRAM, auxiliary buffer', auxKib),
  ]
}

/** What power and size of the array come to. */
export interface PeakFigures {
  readonly macs: number
  /** Energy of the whole accelerator per MAC and cycle. */
  readonly pjPerMac: number
  readonly teraFlopPerS: number
  readonly teraFlopPerJ: number
}

/**
 * Peak figures of n x n MACs, a multiply-accumulate being two operations.
 *
 * @param power of the accelerator at this clock
 */
export function peakFigures(
  n: number,
  { clockGhz, powerMw }: { readonly clockGhz: number; readonly powerMw: number },
): PeakFigures {
  const macs = n * n
  return {
    macs,
    pjPerMac: powerMw / (macs * clockGhz),
    teraFlopPerS: (2 * macs * clockGhz) / 1000,
    teraFlopPerJ: (2 * macs * clockGhz) / powerMw,
  }
}
