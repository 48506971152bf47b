import { accessBytes, type DramDevice, type MemoryMacro, readDram } from '../../hardware/mod.ts'
import type { BitmaskBytes } from '../../numeric/mod.ts'

/** Time and energy. */
export interface Cost {
  readonly latencyNs: number
  readonly energyPj: number
}

/** How the decoder reads compressed values. */
export const RERAM_ACCESSES = ['vector', 'packed'] as const
/**
 * `vector`: a read of the values and one of the mask for every vector it decodes, as the decoders of the processing unit
 * fetch them (EdgeBERT Sec. 7.3). `packed`: whole words one after the other, none of their values lost.
 */
export type ReramAccess = (typeof RERAM_ACCESSES)[number]

/** ReRAM buffers of an embedding: non-zero values, and their mask. */
export interface ReramStore {
  readonly values: MemoryMacro
  readonly mask: MemoryMacro
  /** Latency of a read of the values, and of one of the mask beside it. */
  readonly valueReadNs: number
  readonly maskReadNs: number
  readonly access: ReramAccess
}

/** Part of an embedding: bytes stored, and the vectors of so many values they decode to. */
export interface EmbeddingPart {
  readonly bytes: BitmaskBytes
  readonly vectors: number
  readonly vectorValues: number
  readonly valueBits: number
}

/**
 * Reading compressed embeddings from ReRAM, values and mask side by side. A vector that is wider than a word takes
 * several words at once.
 */
export function readReram(store: ReramStore, part: EmbeddingPart): Cost {
  const { values, mask, valueReadNs, maskReadNs, access } = store
  const { bytes, vectors, vectorValues, valueBits } = part
  const words = (count: number, macro: MemoryMacro) => Math.ceil(count / accessBytes(macro))
  const byVector = access === 'vector'
  const valueReads = byVector ? vectors : words(bytes.valueBytes, values)
  const maskReads = byVector ? vectors : words(bytes.maskBytes, mask)
  const valueWords = byVector ? vectors * words((vectorValues * valueBits) / 8, values) : valueReads
  const maskWords = byVector ? vectors * words(vectorValues / 8, mask) : maskReads
  return {
    latencyNs: Math.max(valueReads * valueReadNs, maskReads * maskReadNs),
    energyPj: valueWords * values.readPj + maskWords * mask.readPj,
  }
}

/** How the SRAM copy is made and used in the conventional system. */
export interface SramCopy {
  readonly macro: MemoryMacro
  /** Bytes its port moves per ns. */
  readonly portBytesPerNs: number
  /** Writes hide behind the DRAM's stream as far as they are no slower. */
  readonly overlapWrites: boolean
}

/**
 * The conventional start after power-on: all bytes from DRAM, written to SRAM, and the part that is used read from it.
 *
 * @param bytes all that is loaded, and the part that is read back
 */
export function loadFromDram(
  dram: DramDevice,
  sram: SramCopy,
  bytes: { readonly loaded: number; readonly used: number },
): Cost & { readonly dram: Cost; readonly write: Cost; readonly read: Cost } {
  const { macro, portBytesPerNs, overlapWrites } = sram
  const accesses = (count: number) => Math.ceil(count / accessBytes(macro))
  const source = readDram(dram, bytes.loaded)
  const writeNs = bytes.loaded / portBytesPerNs
  const write = {
    latencyNs: overlapWrites ? Math.max(0, writeNs - source.latencyNs) : writeNs,
    energyPj: accesses(bytes.loaded) * macro.writePj,
  }
  const read = { latencyNs: bytes.used / portBytesPerNs, energyPj: accesses(bytes.used) * macro.readPj }
  return {
    latencyNs: source.latencyNs + write.latencyNs + read.latencyNs,
    energyPj: source.energyPj + write.energyPj + read.energyPj,
    dram: source,
    write,
    read,
  }
}
