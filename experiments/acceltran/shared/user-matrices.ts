import { csvHeader, numberCell, type Param, readCsvRows, userFile } from '../../../lib/harness/mod.ts'

/** Column that says which of several matrices a row belongs to. */
const MATRIX = 'matrix'
/** The largest magnitude an element may have. */
const LARGEST = 1e30

/** The parameter that names a user's matrices. */
export const MATRICES_PARAM = {
  matrices: {
    type: 'string',
    value: '',
    file: true,
    unit: '1',
    source: { kind: 'assumed', why: 'empty: seeded ones; yours go here', range: 'a CSV file' },
    description:
      'your activations or weights, a CSV: one column per element and a row per row; a column matrix names the matrix where there are several',
  },
} as const satisfies Record<string, Param>

/** A matrix of real numbers, row by row. */
export interface NamedMatrix {
  readonly name: string
  readonly columns: number
  readonly values: Float64Array
}

/**
 * Reads a user's matrices, in the order in which their names first occur.
 *
 * @returns undefined where the parameter names no file
 * @throws {RangeError | SyntaxError} naming file, line and column of a cell that holds no number
 */
export function readMatrices(
  { matrices }: { readonly matrices: string },
  files: Readonly<Record<string, string>>,
): NamedMatrix[] | undefined {
  const text = userFile('matrices', matrices, files)
  if (text === undefined) return undefined
  const header = csvHeader(text)
  const elements = header.filter((name) => name !== MATRIX)
  if (elements.length === 0) {
    throw new RangeError(`Cannot read ${matrices}:1: the header must have one column per element, got none`)
  }
  const named = header.includes(MATRIX)
  const rows = new Map<string, number[]>()
  readCsvRows(matrices, text, {
    columns: named ? [MATRIX, ...elements] : elements,
    read: (row) => {
      const name = named ? (row.cells[MATRIX] ?? '').trim() : MATRIX
      if (name === '') throw new RangeError(`${MATRIX} must be a name, got nothing`)
      const own = rows.get(name) ?? []
      rows.set(name, own)
      for (const element of elements) own.push(numberCell(row, element, { min: -LARGEST, max: LARGEST }))
    },
  })
  return [...rows].map(([name, values]) => ({ name, columns: elements.length, values: Float64Array.from(values) }))
}
