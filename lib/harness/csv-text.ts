import Papa from 'papaparse'

/** A row's cells: in the order of the fields, or by their names. */
export type CsvCells = readonly unknown[] | Readonly<Record<string, unknown>>

/** Rows as CSV whose first line names the fields, even where there are no rows; every line ends in LF. */
export function csvText(fields: readonly string[], rows: readonly CsvCells[]): string {
  const text = Papa.unparse({ fields: [...fields], data: [...rows] as unknown[][] }, { newline: '\n' })
  // Papa ends a heading without rows in a line break, and rows in none.
  return rows.length === 0 ? text : `${text}\n`
}
