import * as assert from 'uvu/assert'
import type { AnyTables } from '../../lib/harness/table.ts'

type Where = Readonly<Record<string, unknown>>

/** Rows of a table whose columns have the given values. */
export function rows(tables: AnyTables, table: string, where: Where = {}): AnyTables[string] {
  return (tables[table] ?? []).filter((row) => Object.entries(where).every(([key, value]) => row[key] === value))
}

/** A number in the one row that has the given values; fails where there is none, or more. */
export function cell(tables: AnyTables, table: string, where: Where, column: string): number {
  const found = rows(tables, table, where)
  assert.is(found.length, 1, `${table} ${JSON.stringify(where)}`)
  return found[0]?.[column] as number
}
