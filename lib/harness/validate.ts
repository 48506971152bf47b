import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { type AnyTables, columnAllows, columnsOf, type TablesSchema } from './table.ts'

/** Keywords of ours that say something about a column and check nothing. */
export const ANNOTATIONS = ['unit', 'x-tol', 'x-key', 'x-claim']

const compiled = new WeakMap<object, ValidateFunction>()

/**
 * A compiled check of a JSON Schema (2020-12); our annotation keywords are known, unknown ones are an error. The
 * schema itself is not held against the meta-schema, which costs as much as a whole run: the tests do that once.
 */
export function compileSchema(schema: object): ValidateFunction {
  const known = compiled.get(schema)
  if (known) return known
  const ajv = new Ajv2020({ allowUnionTypes: true, meta: false, validateSchema: false })
  ajv.addVocabulary(ANNOTATIONS)
  const validate = ajv.compile(schema)
  compiled.set(schema, validate)
  return validate
}

/** One schema violation in words: where, what it must be, what it is. */
export function describeViolation(error: ErrorObject, data: unknown): string {
  const where = error.instancePath.slice(1).replaceAll('/', '.') || 'the document'
  let value: unknown = data
  for (const step of error.instancePath.split('/').slice(1)) value = (value as Record<string, unknown>)?.[step]
  const detail =
    error.keyword === 'enum'
      ? `must be one of ${(error.params as { allowedValues: unknown[] }).allowedValues.join(', ')}`
      : error.keyword === 'additionalProperties'
        ? `must not have ${(error.params as { additionalProperty: string }).additionalProperty}`
        : error.message
  const shown = value !== null && typeof value === 'object' ? '' : `, got ${JSON.stringify(value) ?? String(value)}`
  return `${where} ${detail}${shown}`
}

/**
 * Checks an experiment's output against its schema, and that no integer has outgrown exact arithmetic.
 *
 * @throws {TypeError} naming the cell, what it must be and what it is
 */
export function validateTables(id: string, schema: TablesSchema, tables: AnyTables): void {
  for (const table of Object.keys(schema.properties)) {
    const columns = Object.entries(columnsOf(schema, table))
    const keys = columns.filter(([, column]) => column['x-key']).map(([name]) => name)
    const seen = new Set<string>()
    const rows: unknown = tables[table]
    // What is no table of rows is the schema's to complain about, below.
    if (!Array.isArray(rows)) continue
    rows.forEach((row: AnyTables[string][number] | null, index) => {
      const key = keys.map((name) => `${name}=${row?.[name]}`).join(', ')
      if (keys.length > 0 && seen.has(key)) {
        throw new TypeError(`Cannot report ${id}: rows of ${table} must differ in ${keys.join(', ')}, got ${key} again`)
      }
      seen.add(key)
      for (const [name, column] of columns) {
        const value = row?.[name]
        if (typeof value !== 'number') continue
        // ajv calls NaN a number, and 1e300 an integer.
        if (!Number.isFinite(value) || (columnAllows(column, 'integer') && Math.abs(value) > Number.MAX_SAFE_INTEGER)) {
          throw new TypeError(
            `Cannot report ${id}: ${table}.${index}.${name} must be a number that a double holds exactly (${column.unit ?? '1'}), got ${value}`,
          )
        }
      }
    })
  }
  const validate = compileSchema(schema)
  if (!validate(tables)) {
    const error = validate.errors?.[0]
    throw new TypeError(
      `Cannot report ${id}: ${error ? describeViolation(error, tables) : 'its tables must match its schema'}`,
    )
  }
}
