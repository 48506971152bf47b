import { percentText, printedText } from './claim-text.ts'
import type { JudgedClaim } from './judge.ts'
import type { AnyTables, CellValue, Columns } from './table.ts'

/** Names of the columns that a table with an `x-claim` column is shown with. */
const PRINTED = 'printed'
const ERROR = 'error'

/**
 * A table as it is shown: where a column says which claim a row's value is to be compared with (`x-claim`), what the
 * paper printed and our relative error stand beside it. Tables without such a column stay as they are.
 */
export function withPrintedColumns(
  rows: AnyTables[string],
  columns: Columns,
  claims: readonly JudgedClaim[],
): { readonly rows: AnyTables[string]; readonly columns: Columns } {
  const link = Object.entries(columns).find(([, column]) => column['x-claim'] !== undefined)
  if (!link) return { rows, columns }
  const [claimColumn, { 'x-claim': valueColumn = '' }] = link
  const byId = new Map(claims.map((claim) => [claim.id, claim]))
  const shown = rows.map((row): Readonly<Record<string, CellValue>> => {
    const claim = byId.get(String(row[claimColumn]))
    const value = row[valueColumn]
    const printed = claim && claim.value !== '' ? Number(claim.value) : Number.NaN
    const { [claimColumn]: id = null, ...cells } = row
    return {
      ...cells,
      [PRINTED]: claim ? printedText(claim) : null,
      [ERROR]: typeof value === 'number' && Number.isFinite(value / printed) ? percentText(value / printed - 1) : null,
      [claimColumn]: id,
    }
  })
  const { [claimColumn]: last, ...others } = columns
  const text = { type: ['string', 'null'] } as const
  return {
    rows: shown,
    columns: { ...others, [PRINTED]: text, [ERROR]: text, ...(last ? { [claimColumn]: last } : {}) },
  }
}
