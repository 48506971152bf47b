import {
  type Densities,
  edgeBertDensities,
  type MacroTables,
  macroDensity,
  type Task,
} from '../../../lib/accelerators/hma/mod.ts'
import { CELL_KINDS, type CellKind, type MemoryMacro, NVSIM_MACROS } from '../../../lib/hardware/mod.ts'
import { type CsvRow, csvHeader, numberCell, readCsvRows, userFile } from '../../../lib/harness/mod.ts'

const MEMORY_COLUMNS = ['kind', 'kib', 'area_mm2', 'read_ns', 'write_ns', 'read_pj', 'write_pj', 'leakage_mw'] as const
const TASK_COLUMNS = ['task', 'adapter1', 'adapter2', 'labels', 'share'] as const
const BYTES_PER_GIB = 1024 * 1024 * 1024

/** Kinds of memory in a file: of non-zero values, of bitmasks, of all else. */
const KIND_NAMES = ['MLC', 'SLC', 'SRAM'] as const
type Kind = (typeof KIND_NAMES)[number]

/** Most rows of a file: more would take minutes. */
const MOST_ROWS = 1000

/** How a memory file must look, for help texts. */
export const MEMORY_FILE = `your memories, a CSV: ${MEMORY_COLUMNS.join(',')}; kind is ${KIND_NAMES.join(', ')} for the memory of non-zero values, of bitmasks, of all else; kib of data; read and write per access of word_bits (64 if there is no such column), whose time gives the bandwidth unless columns read_gib_s and write_gib_s do; only SRAM is written; kinds without a row stay NVSim's`
/** How a task file must look, for help texts. */
export const TASK_FILE = `your tasks, a CSV: ${TASK_COLUMNS.join(',')}; widths of the two adapters (0: none), outputs of the classifier, weight of its inferences among all`

/** What memories are built from, and the area of a byte in each. */
export interface MemoryTables {
  readonly tables: MacroTables
  readonly densities: Densities
}

/**
 * The macros to build from: NVSim's from some capacity on, those of kinds that the user's file describes replaced. The
 * densities are EdgeBERT's, those of the user's kinds that of their largest macro.
 *
 * @throws as readCsvRows; {RangeError} if no macro of NVSim's is left
 */
export function memoryTables(
  params: { readonly memories: string; readonly valueCellBits: number; readonly smallestKib: number },
  files: Readonly<Record<string, string>>,
): MemoryTables {
  const { memories, valueCellBits, smallestKib } = params
  const text = userFile('memories', memories, files)
  const own = text === undefined ? [] : readMemories(memories, text)
  const ownOf = (name: Kind) => own.filter((row) => row.name === name).map(({ macro }) => macro)
  const of = (name: Kind, bitsPerCell: number): readonly MemoryMacro[] => {
    const rows = ownOf(name)
    return rows.length > 0 ? rows : sweepOf(name, bitsPerCell, smallestKib)
  }
  const published = edgeBertDensities(CELL_KINDS[valueCellBits - 1] as CellKind)
  const density = (name: Kind, otherwise: number) => {
    const rows = ownOf(name)
    return rows.length > 0 ? macroDensity(rows) : otherwise
  }
  return {
    tables: { values: of('MLC', valueCellBits), mask: of('SLC', 1), sram: of('SRAM', 1) },
    densities: {
      values: density('MLC', published.values),
      mask: density('SLC', published.mask),
      sram: density('SRAM', published.sram),
    },
  }
}

/** The macros of NVSim's sweep from a capacity on. */
function sweepOf(name: Kind, bitsPerCell: number, smallestKib: number): readonly MemoryMacro[] {
  const kind = name === 'SRAM' ? 'SRAM' : 'RRAM'
  const all = NVSIM_MACROS.filter((macro) => macro.kind === kind && macro.bitsPerCell === bitsPerCell)
  const kept = all.filter(({ cellKib }) => cellKib >= smallestKib)
  if (kept.length > 0) return kept
  const largest = Math.max(...all.map(({ cellKib }) => cellKib))
  throw new RangeError(
    `Cannot build ${name}: smallestKib must be at most ${largest}, the largest macro of the sweep, got ${smallestKib}`,
  )
}

function readMemories(path: string, text: string): { readonly name: Kind; readonly macro: MemoryMacro }[] {
  const header = csvHeader(text)
  const optional = (row: CsvRow<string>, column: string, otherwise: number) =>
    header.includes(column) && (row.cells[column] ?? '').trim() !== ''
      ? numberCell(row, column, { min: 1e-6, max: 1e6 })
      : otherwise
  const seen = new Set<string>()
  return readCsvRows(path, text, {
    columns: MEMORY_COLUMNS,
    read: (row) => {
      if (seen.size === MOST_ROWS) throw new RangeError(`a file must have at most ${MOST_ROWS} rows`)
      const name = KIND_NAMES.find((known) => known === row.cells.kind.trim())
      if (!name) throw new RangeError(`kind must be one of ${KIND_NAMES.join(', ')}, got "${row.cells.kind}"`)
      const positive = (column: string) => numberCell(row, column, { min: 1e-9, max: 1e9 })
      const cellKib = numberCell(row, 'kib', { min: 1, max: 4_194_304, integer: true, unit: 'KiB' })
      const place = `${name} of ${cellKib} KiB`
      if (seen.has(place)) throw new RangeError(`each capacity of a kind must stand once, got another ${place}`)
      seen.add(place)
      const wordCells = optional(row, 'word_bits', 64)
      const [readNs, writeNs] = [positive('read_ns'), positive('write_ns')]
      const gib = (ns: number) => wordCells / 8 / ns / (BYTES_PER_GIB / 1e9)
      const macro: MemoryMacro = {
        kind: name === 'SRAM' ? 'SRAM' : 'RRAM',
        // Capacity and word are given in bits of data.
        bitsPerCell: 1,
        cellKib,
        wordCells,
        areaMm2: positive('area_mm2'),
        readNs,
        writeNs,
        readGibPerS: optional(row, 'read_gib_s', gib(readNs)),
        writeGibPerS: optional(row, 'write_gib_s', gib(writeNs)),
        readPj: positive('read_pj'),
        writePj: positive('write_pj'),
        leakageMw: numberCell(row, 'leakage_mw', { min: 0, max: 1e9 }),
      }
      return { name, macro }
    },
  })
}

/**
 * The tasks of a user's file.
 *
 * @returns undefined where none is named
 * @throws as readCsvRows
 */
export function userTasks(path: string, files: Readonly<Record<string, string>>): readonly Task[] | undefined {
  const text = userFile('taskFile', path, files)
  if (text === undefined) return undefined
  const seen = new Set<string>()
  return readCsvRows(path, text, {
    columns: TASK_COLUMNS,
    read: (row) => {
      if (seen.size === MOST_ROWS) throw new RangeError(`a file must have at most ${MOST_ROWS} rows`)
      const name = row.cells.task.trim()
      if (name === '' || seen.has(name)) throw new RangeError(`each task must have a name of its own, got "${name}"`)
      seen.add(name)
      const width = (column: string) => numberCell(row, column, { min: 0, max: MOST_WIDTH, integer: true })
      return {
        name,
        adapters: [width('adapter1'), width('adapter2')].filter((bottleneck) => bottleneck > 0),
        labels: numberCell(row, 'labels', { min: 1, max: 65536, integer: true }),
        share: numberCell(row, 'share', { min: 1e-9, max: 1e9 }),
      }
    },
  })
}

/** Widest bottleneck that is taken. */
export const MOST_WIDTH = 65536
