import type { AnyExperiment } from './experiment.ts'
import { didYouMean } from './nearest.ts'
import { checkValue, type ParamValue } from './param.ts'

const ID = /^[a-z0-9-]+\/[a-z0-9-]+$/
const VERSION = /^\d+\.\d+\.\d+$/
/** Names of tables and variants are parts of file names. */
const NAME = /^[A-Za-z][\w-]*$/
/** Inside the project, with forward slashes. */
const STORED = /^\w[\w.-]*(\/\w[\w.-]*)*$/
/** Not a variant's name, since a drawing of its own is called so. */
const SENSITIVITY = 'sensitivity'

/**
 * Checks an experiment's definition.
 *
 * @throws {SyntaxError} on a malformed id, version or name; {RangeError} on a default or variant outside its own domain,
 *   a stored file outside the project or without a parameter to name another,
 *   a variant that sets an unknown parameter, claims of no paper, a headline that is no claim of it, or a sensitivity
 *   whose table or columns do not exist
 */
export function checkDefinition(exp: AnyExperiment): void {
  const { id, version, params, variants = {}, paper, claims, schema, headlines = {}, sensitivity } = exp
  if (!ID.test(id)) throw new SyntaxError(`Cannot define an experiment: id must be paper/item-slug, got "${id}"`)
  if (!VERSION.test(version)) throw new SyntaxError(`Cannot define ${id}: version must be like 1.0.0, got "${version}"`)
  if (!paper && Object.keys(claims).length > 0) {
    throw new RangeError(`Cannot define ${id}: paper must name the ledger of its claims, got none`)
  }
  for (const [kind, names] of Object.entries({
    table: Object.keys(schema.properties),
    variant: Object.keys(variants),
  })) {
    const wrong = names.find((name) => !NAME.test(name) || (kind === 'variant' && name === SENSITIVITY))
    if (wrong !== undefined) {
      throw new SyntaxError(
        `Cannot define ${id}: the name of a ${kind} must be letters, digits, - and _, and not taken, got "${wrong}"`,
      )
    }
  }
  for (const [name, param] of Object.entries(params)) {
    checkValue(name, param, param.value)
    const { stored } = param
    if (stored !== undefined && !(param.file && param.value === '' && STORED.test(stored))) {
      throw new RangeError(
        `Cannot define ${id}: stored must be a path from the project's root, of a file that ${name} names none of by default, got "${stored}"`,
      )
    }
  }
  for (const [table, { items }] of Object.entries(schema.properties)) {
    for (const [column, { 'x-claim': value }] of Object.entries(items.properties)) {
      if (value !== undefined && !Object.hasOwn(items.properties, value)) {
        throw new RangeError(`Cannot define ${id}: x-claim of ${table}.${column} must name a column, got "${value}"`)
      }
    }
  }
  for (const headline of Object.keys(headlines)) {
    if (!Object.hasOwn(claims, headline)) {
      throw new RangeError(
        `Cannot define ${id}: a headline must be one of its claims, got ${headline}${didYouMean(headline, Object.keys(claims))}`,
      )
    }
  }
  if (sensitivity) {
    const columns = Object.keys(schema.properties[sensitivity.table]?.items.properties ?? {})
    for (const column of [
      ...sensitivity.labels,
      ...sensitivity.values,
      ...(sensitivity.panels ? [sensitivity.panels] : []),
    ]) {
      if (columns.includes(column)) continue
      throw new RangeError(
        `Cannot define ${id}: its sensitivity must name columns of a table, got ${sensitivity.table}.${column}${didYouMean(column, columns)}`,
      )
    }
  }
  for (const [variant, { set }] of Object.entries(variants)) {
    for (const [name, value] of Object.entries(set)) {
      const param = params[name]
      if (!param) {
        throw new RangeError(
          `Cannot define variant ${variant} of ${id}: ${name} must be one of its parameters${didYouMean(name, Object.keys(params))}`,
        )
      }
      checkValue(name, param, value as ParamValue)
    }
  }
}
