import type { Source } from '../numeric/mod.ts'

/** One on-chip memory as NVSim characterises it. */
export interface MemoryMacro {
  readonly kind: 'SRAM' | 'RRAM'
  readonly bitsPerCell: number
  /** Capacity in KiB of cells; it holds bitsPerCell times as much. */
  readonly cellKib: number
  readonly areaMm2: number
  /** Latency of an access. */
  readonly readNs: number
  readonly readGibPerS: number
  readonly writeNs: number
  readonly writeGibPerS: number
  /** Energy of an access. */
  readonly readPj: number
  readonly writePj: number
  readonly leakageMw: number
  /** Cells an access moves. @default WORD_CELLS */
  readonly wordCells?: number
}

/** Cells per access of every macro of the sweep. */
export const WORD_CELLS = 64

/** Where the sweep comes from. */
export const NVSIM_SOURCE: Source = {
  kind: 'public',
  which:
    "NVSim in NVMExplorer's fork (lpentecost/nvsim-merged 282038a) with NVMExplorer's default cells: 22 nm, LOP, 350 K, 64-bit word, ReadEDP; SRAM 146 F2, RRAM 53 F2 (1T1R, 10 ns set); output multiplexers fixed at 1. The 1 MB and 2 MB rows agree with what NVMExplorer ships",
}

// kind, bits per cell, KiB of cells, mm2, read ns, read GiB/s, write ns, write GiB/s, read pJ, write pJ, leakage mW
const ROWS: readonly (readonly [
  MemoryMacro['kind'],
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
])[] = [
  ['RRAM', 1, 64, 0.0154197, 0.660454, 8.344, 10.583, 0.746706, 0.907, 50.088, 0.214508],
  ['RRAM', 1, 128, 0.0309473, 0.666941, 8.35, 10.587, 0.746704, 1.289, 50.486, 0.428834],
  ['RRAM', 1, 256, 0.0616787, 0.683342, 8.344, 10.595, 0.746706, 1.93, 51.11, 0.858032],
  ['RRAM', 1, 512, 0.131457, 0.608564, 16.731, 10.437, 0.758126, 3.098, 46.653, 2.995],
  ['RRAM', 1, 1024, 0.246715, 0.774891, 8.344, 10.64, 0.746706, 4.028, 53.208, 3.432],
  ['RRAM', 1, 2048, 0.525829, 0.793295, 16.731, 10.53, 0.758126, 6.178, 49.733, 11.979],
  ['RRAM', 1, 4096, 0.986859, 1.141, 8.344, 10.824, 0.746706, 8.329, 57.509, 13.729],
  ['RRAM', 1, 8192, 1.981, 1.593, 8.35, 11.049, 0.746731, 11.859, 61.056, 31.05],
  ['RRAM', 1, 16384, 3.947, 2.606, 8.344, 11.556, 0.746706, 17.142, 66.322, 54.914],
  ['RRAM', 1, 32768, 7.923, 4.419, 8.35, 12.462, 0.746731, 24.349, 73.546, 124.199],
  ['RRAM', 2, 64, 0.027001, 0.595476, 31.517, 10.42, 0.758068, 1.295, 44.867, 0.383561],
  ['RRAM', 2, 128, 0.0414637, 0.702772, 16.201, 10.595, 0.74649, 1.311, 50.526, 0.428834],
  ['RRAM', 2, 256, 0.0829275, 0.730968, 16.201, 10.609, 0.74649, 2.145, 51.36, 0.857669],
  ['RRAM', 2, 512, 0.144049, 0.751876, 16.159, 10.616, 0.7466, 2.897, 52.096, 1.716],
  ['RRAM', 2, 1024, 0.288099, 0.86466, 16.159, 10.672, 0.7466, 4.607, 53.806, 3.432],
  ['RRAM', 2, 2048, 0.576198, 0.95105, 16.159, 10.715, 0.7466, 6.088, 55.288, 6.864],
  ['RRAM', 2, 4096, 1.152, 1.402, 16.159, 10.941, 0.7466, 9.594, 58.793, 13.729],
  ['RRAM', 2, 8192, 2.305, 1.748, 16.159, 11.114, 0.7466, 12.631, 61.83, 27.457],
  ['RRAM', 2, 16384, 3.889, 2.979, 6.876, 12.117, 0.708017, 20.34, 80.729, 33.668],
  ['RRAM', 2, 32768, 7.74, 4.994, 6.905, 13.109, 0.700226, 23.49, 83.943, 53.985],
  ['RRAM', 3, 4096, 1.182, 1.464, 22.945, 10.944, 0.746581, 10.224, 59.422, 13.738],
  ['SRAM', 1, 64, 0.0489101, 1.352, 27.901, 1.346, 19.555, 0.276, 4.445, 2.747],
  ['SRAM', 1, 128, 0.0935686, 1.415, 27.894, 1.409, 19.53, 0.307, 4.832, 5.447],
  ['SRAM', 1, 256, 0.172501, 2.272, 16.583, 2.266, 15.933, 0.527, 8.892, 8.334],
  ['SRAM', 1, 512, 0.34495, 2.445, 16.583, 2.44, 15.933, 0.576, 8.94, 16.669],
  ['SRAM', 1, 1024, 0.654297, 4.334, 9.181, 4.329, 12.1, 1.031, 16.919, 28.173],
  ['SRAM', 1, 2048, 1.309, 4.684, 9.181, 4.679, 12.1, 1.128, 17.016, 56.345],
  ['SRAM', 1, 4096, 2.695, 7.816, 10.976, 7.81, 5.717, 2.157, 33.611, 130.229],
  ['SRAM', 1, 8192, 5.39, 8.513, 10.976, 8.507, 5.717, 2.352, 33.805, 260.458],
  ['SRAM', 1, 16384, 10.78, 15.599, 10.976, 15.593, 5.717, 4.385, 67.502, 520.913],
  ['SRAM', 1, 32768, 20.955, 16.789, 8.313, 16.783, 3.098, 4.882, 67.746, 1036],
]

/** The sweep: SRAM and RRAM of 1, 2 and 3 bits per cell at 22 nm. */
export const NVSIM_MACROS: readonly MemoryMacro[] = ROWS.map(
  ([kind, bitsPerCell, cellKib, areaMm2, readNs, readGibPerS, writeNs, writeGibPerS, readPj, writePj, leakageMw]) => ({
    kind,
    bitsPerCell,
    cellKib,
    areaMm2,
    readNs,
    readGibPerS,
    writeNs,
    writeGibPerS,
    readPj,
    writePj,
    leakageMw,
  }),
)

/**
 * The smallest macro of a kind that holds so many bytes.
 *
 * @throws {RangeError} if the sweep has none that large
 *
 * @example
 * ```ts
 * import { macroBytes, smallestMacro } from '../../lib/hardware/mod.ts'
 *
 * const macro = smallestMacro('RRAM', 2, 1_000_000)
 * macro.cellKib // => 512
 * macroBytes(macro) // => 2 ** 20
 * ```
 */
export function smallestMacro(kind: MemoryMacro['kind'], bitsPerCell: number, bytes: number): MemoryMacro {
  const candidates = NVSIM_MACROS.filter((macro) => macro.kind === kind && macro.bitsPerCell === bitsPerCell)
  const fitting = candidates.filter((macro) => macroBytes(macro) >= bytes)
  const [smallest] = fitting.sort((a, b) => a.cellKib - b.cellKib)
  if (!smallest) {
    const largest = Math.max(0, ...candidates.map(macroBytes))
    throw new RangeError(
      `Cannot place ${bytes} bytes: a ${kind} of ${bitsPerCell} bit per cell holds at most ${largest} bytes in the NVSim sweep`,
    )
  }
  return smallest
}

/** Bytes a macro holds. */
export function macroBytes({ cellKib, bitsPerCell }: MemoryMacro): number {
  return cellKib * 1024 * bitsPerCell
}

/** Bytes one access of a macro moves. */
export function accessBytes({ bitsPerCell, wordCells = WORD_CELLS }: MemoryMacro): number {
  return (wordCells * bitsPerCell) / 8
}
