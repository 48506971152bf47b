/** One column of a table: a JSON Schema of a scalar, with its unit and how tightly a golden pins it. */
export interface Column {
  readonly type: 'integer' | 'number' | 'string' | 'boolean' | readonly ['integer' | 'number' | 'string', 'null']
  /** The only values a string column takes. */
  readonly enum?: readonly string[]
  readonly description?: string
  /** Unit of a numeric column; "1" for a pure number. */
  readonly unit?: string
  /** Relative tolerance against the golden; 1e-9 for numbers unless stated, always exact for all else. */
  readonly 'x-tol'?: number
  /** The column is part of what identifies a row. */
  readonly 'x-key'?: true
  /**
   * The column names claims: what they printed is shown beside this other column, which predicts the same quantity under
   * the row's assumptions. Such rows are not judged.
   */
  readonly 'x-claim'?: string
}

/** Columns by name. */
export type Columns = Readonly<Record<string, Column>>
/** Tables by name. */
export type TableColumns = Readonly<Record<string, Columns>>

type Scalar<T> = T extends 'integer' | 'number'
  ? number
  : T extends 'boolean'
    ? boolean
    : T extends 'null'
      ? null
      : string
type Cell<C extends Column> = C extends { readonly enum: readonly (infer E)[] }
  ? E
  : C['type'] extends readonly (infer T)[]
    ? Scalar<T>
    : Scalar<C['type']>

/** The row type a table's columns describe. */
export type Row<C extends Columns> = { readonly [K in keyof C]: Cell<C[K]> }
/** The tables an experiment returns, typed by their columns. */
export type Tables<C extends TableColumns> = { readonly [T in keyof C]: readonly Row<C[T]>[] }

/** A value a table cell may hold. */
export type CellValue = number | string | boolean | null
/** Tables whose columns are only known at run time. */
export type AnyTables = Readonly<Record<string, readonly Readonly<Record<string, CellValue>>[]>>

/** JSON Schema (2020-12) of an experiment's tables; the one place of row types, units and tolerances. */
export interface TablesSchema<C extends TableColumns = TableColumns> {
  readonly $schema: string
  readonly type: 'object'
  readonly properties: {
    readonly [T in keyof C]: {
      readonly type: 'array'
      readonly items: {
        readonly type: 'object'
        readonly properties: C[T]
        readonly required: readonly string[]
        readonly additionalProperties: false
      }
    }
  }
  readonly required: readonly string[]
  readonly additionalProperties: false
}

/**
 * The JSON Schema of an experiment's tables, from their columns. Every column is required.
 *
 * @param columns columns by table, in the order in which they are printed
 *
 * @example
 * ```ts
 * import { tables } from '../../lib/harness/mod.ts'
 *
 * const schema = tables({
 *   latency: { seqLen: { type: 'integer', unit: 'token', 'x-key': true }, cycles: { type: 'number', unit: 'cycle' } },
 * })
 * schema.properties.latency.items.required // => ['seqLen', 'cycles']
 * ```
 */
export function tables<const C extends TableColumns>(columns: C): TablesSchema<C> {
  const properties = Object.fromEntries(
    Object.entries(columns).map(([name, tableColumns]) => [
      name,
      {
        type: 'array',
        items: {
          type: 'object',
          properties: tableColumns,
          required: Object.keys(tableColumns),
          additionalProperties: false,
        },
      },
    ]),
  )
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: properties as unknown as TablesSchema<C>['properties'],
    required: Object.keys(columns),
    additionalProperties: false,
  }
}

/** The columns of one table of a schema, in order. */
export function columnsOf(schema: TablesSchema, table: string): Columns {
  return schema.properties[table]?.items.properties ?? {}
}

/** Whether a column may hold `type`. */
export function columnAllows(column: Column, type: 'integer' | 'number' | 'string' | 'boolean' | 'null'): boolean {
  return Array.isArray(column.type) ? column.type.includes(type as never) : column.type === type
}
