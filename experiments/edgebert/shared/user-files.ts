import {
  distilLookup,
  type EntropyRow,
  type ExitCount,
  earlyExitLayer,
  latencyAwareExits,
} from '../../../lib/accelerators/edgebert/mod.ts'
import type { OperatingPoint, VoltageFrequencyTable } from '../../../lib/hardware/mod.ts'
import { csvHeader, numberCell, type Param, type ParamValues, readCsvRows, userFile } from '../../../lib/harness/mod.ts'

const EXIT_COLUMNS = ['predicted', 'actual', 'count'] as const
const VF_COLUMNS = ['voltage', 'ghz'] as const
type CellRange = Parameters<typeof numberCell>[2]
/** Deepest network a trace may come from. */
const MAX_LAYERS = 1000

/** Parameters that name a user's trace. */
export const TRACE_PARAMS = {
  trace: {
    type: 'string',
    value: '',
    file: true,
    unit: '1',
    source: { kind: 'assumed', why: "empty: the paper's tasks; yours goes here", range: 'a CSV file' },
    description:
      'your sentences, a CSV: predicted,actual,count with exit layers, or h1,h2,... with one entropy (nat) per layer and a row per sentence',
  },
  entropyThreshold: {
    type: 'number',
    value: 0.09,
    unit: 'nat',
    source: { kind: 'paper', where: 'EdgeBERT Table 3, SST-2 at 1 % drop' },
    description: 'exit threshold of latency-aware inference on a trace of entropies',
  },
  earlyThreshold: {
    type: 'number',
    value: 0.23,
    unit: 'nat',
    source: { kind: 'paper', where: 'EdgeBERT Table 3, SST-2 at 1 % drop' },
    description: 'exit threshold of conventional early exit on a trace of entropies',
  },
  lookupBin: {
    type: 'number',
    value: 0.01,
    unit: 'nat',
    min: 1e-6,
    source: { kind: 'public', which: 'harvard-acc/EdgeBERT 1249ed7 sw/Entropy_LUT: rows of the table are 0.01 apart' },
    description:
      'bin of the exit predictor that is distilled from a trace of entropies: first entropies rounded to its multiples, the later ones averaged; it predicts the first layer whose average is below the threshold',
  },
  skipsLastButOne: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: {
      kind: 'public',
      which: 'harvard-acc/EdgeBERT 1249ed7 modeling_highway_albert.py: a prediction of layer 11 of 12 runs to the end',
    },
    description: 'neither predict nor assess the last layer but one on a trace of entropies, as the release does',
  },
} as const satisfies Record<string, Param>

/** The parameter that names a user's V/F table. */
export const VF_PARAM = {
  type: 'string',
  value: '',
  file: true,
  unit: '1',
  source: { kind: 'assumed', why: 'empty: the alpha-power law; yours goes here', range: 'a CSV file' },
  description:
    'your V/F table, a CSV: voltage,ghz with the fastest clock at each voltage, rising; the last row is the nominal point. It replaces maxGhz, nominalVoltage, minVoltage, stepMv, thresholdVoltage and alpha',
} as const satisfies Param

/** A user's sentences: exits under both ways to leave early, and the layers of the network if they tell. */
export interface UserTrace {
  readonly exits: readonly ExitCount[]
  /** Exits of conventional early exit, as predictions that hold; where only exits are given, the actual ones. */
  readonly earlyExits: readonly ExitCount[]
  readonly layers: number | undefined
}

/** Mean of something over a trace's sentences. */
export function traceMean(trace: readonly ExitCount[], of: (exit: ExitCount) => number): number {
  let [sum, sentences] = [0, 0]
  for (const exit of trace) {
    sum += exit.count * of(exit)
    sentences += exit.count
  }
  return sum / sentences
}

/** Values of {@link TRACE_PARAMS}. */
export type TraceValues = ParamValues<typeof TRACE_PARAMS>

/**
 * Reads a user's trace in either form.
 *
 * @returns undefined where none is named
 * @throws {SyntaxError | RangeError} naming file, line and column
 */
export function readTrace(params: TraceValues, files: Readonly<Record<string, string>>): UserTrace | undefined {
  const text = userFile('trace', params.trace, files)
  if (text === undefined) return undefined
  const header = csvHeader(text)
  return header.some((name) => /^h\d+$/i.test(name))
    ? fromEntropies(readEntropies(params.trace, text, header), params)
    : fromExits(readExits(params.trace, text))
}

function readExits(path: string, text: string): ExitCount[] {
  return readCsvRows(path, text, {
    columns: EXIT_COLUMNS,
    read: (row) => {
      const cell = (column: string, max?: number) =>
        numberCell(row, column, { min: 1, integer: true, ...(max === undefined ? {} : { max }) })
      const predicted = cell('predicted', MAX_LAYERS)
      return { predicted, actual: cell('actual', predicted), count: cell('count') }
    },
  })
}

function fromExits(exits: readonly ExitCount[]): UserTrace {
  return { exits, earlyExits: exits.map((exit) => ({ ...exit, predicted: exit.actual })), layers: undefined }
}

/** Reads sentences by their entropies; a column `count` is optional. */
function readEntropies(path: string, text: string, header: readonly string[]): EntropyRow[] {
  const columns: string[] = []
  while (header.includes(`h${columns.length + 1}`)) columns.push(`h${columns.length + 1}`)
  const beyond = header.find((name) => /^h\d+$/.test(name) && !columns.includes(name))
  if (beyond !== undefined) {
    throw new SyntaxError(
      `Cannot read ${path}:1: a trace of entropies must have a column for every layer; missing: h${columns.length + 1}, got also: ${beyond}`,
    )
  }
  if (columns.length < 2) {
    throw new SyntaxError(`Cannot read ${path}:1: a trace of entropies must have columns h1 and h2 at least, got h1`)
  }
  const counted = header.includes('count')
  return readCsvRows(path, text, {
    columns: counted ? [...columns, 'count'] : columns,
    read: (row) => ({
      entropies: columns.map((column) => numberCell(row, column, { min: 0, unit: 'nat' })),
      count: counted ? numberCell(row, 'count', { min: 1, integer: true }) : 1,
    }),
  })
}

function fromEntropies(sentences: readonly EntropyRow[], params: TraceValues): UserTrace {
  const lookup = distilLookup(sentences, params.lookupBin)
  return {
    exits: latencyAwareExits(sentences, lookup, {
      threshold: params.entropyThreshold,
      quirks: { skipsLastButOne: params.skipsLastButOne },
    }),
    earlyExits: sentences.map(({ entropies, count }) => {
      const exit = earlyExitLayer(entropies, params.earlyThreshold)
      return { predicted: exit, actual: exit, count }
    }),
    layers: lookup.layers,
  }
}

/**
 * Reads a user's V/F table.
 *
 * @returns undefined where none is named
 * @throws {SyntaxError | RangeError} naming file, line and column
 */
export function readVfTable(path: string, files: Readonly<Record<string, string>>): VoltageFrequencyTable | undefined {
  const text = userFile('vf', path, files)
  if (text === undefined) return undefined
  const points: OperatingPoint[] = []
  readCsvRows(path, text, {
    columns: VF_COLUMNS,
    read: (row) => {
      const before = points.at(-1)
      const rising = (column: (typeof VF_COLUMNS)[number], last: number | undefined, range: CellRange) => {
        const value = numberCell(row, column, range)
        if (last !== undefined && value <= last) {
          throw new RangeError(`${column} must rise from row to row, got ${value} after ${last}`)
        }
        return value
      }
      points.push({
        voltage: rising('voltage', before?.voltage, { min: 1e-3, max: 10, unit: 'V' }),
        maxGhz: rising('ghz', before?.maxGhz, { min: 1e-6, max: 1000, unit: 'GHz' }),
      })
    },
  })
  return points
}
