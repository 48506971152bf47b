import type { Quantity } from '../numeric/mod.ts'
import { parseDecimal } from './decimal.ts'
import { didYouMean } from './nearest.ts'

/** A parameter's value: a scalar, or a list of numbers. */
export type ParamValue = number | boolean | string | readonly number[]

/** A parameter of an experiment: default value, unit, source, and what it may be set to. */
export interface Param<V extends ParamValue = ParamValue> extends Quantity<V> {
  /** `integer` and `number` also stand for lists of them, where `value` is a list. */
  readonly type: 'integer' | 'number' | 'boolean' | 'string'
  readonly description: string
  /** Smallest value allowed; otherwise integers start at 1 and numbers must be above 0. */
  readonly min?: number
  readonly max?: number
  /** The only values a string parameter takes. */
  readonly choices?: readonly string[]
  /** The items of a list must differ, as where each makes rows of its own. */
  readonly distinct?: true
  /** The text names a file of the user's, or is empty; the run gets what the file holds. */
  readonly file?: true
  /** The project's own file for the run where the text is empty: a path from the project's root. */
  readonly stored?: string
  /** The text names a folder of the user's, or is empty; the run gets its files that end so, as `parameter/name`. */
  readonly folder?: string
}

/** Parameters by name. */
export type Params = Readonly<Record<string, Param>>

type Widen<V> = V extends boolean
  ? boolean
  : V extends number
    ? number
    : V extends string
      ? string
      : V extends readonly number[]
        ? readonly number[]
        : never
/** The values a run sees, typed by the parameters. */
export type ParamValues<P extends Params> = { readonly [K in keyof P]: Widen<P[K]['value']> }
/** Values whose parameters are only known at run time. */
export type AnyParamValues = Readonly<Record<string, ParamValue>>

/** What a parameter must be, in words. */
export function describeDomain(param: Param): string {
  const list = Array.isArray(param.value)
  if (param.type === 'boolean') return 'true or false'
  if (param.type === 'string') {
    if (param.choices) return `one of ${param.choices.join(', ')}`
    if (param.stored !== undefined) return "a file's path; the project's own file is used unless set"
    return param.file ? "a file's path" : param.folder ? "a folder's path" : 'a text'
  }
  const noun = param.type === 'integer' ? 'integer' : 'number'
  const low = param.min !== undefined ? `from ${param.min}` : param.type === 'integer' ? 'from 1' : 'above 0'
  const range = param.max !== undefined ? `${low} to ${param.max}` : low
  return list
    ? `a comma-separated list of ${param.distinct ? 'different ' : ''}${noun}s ${range}`
    : `${param.type === 'integer' ? 'an' : 'a'} ${noun} ${range}`
}

function parseScalar(name: string, param: Param, text: string): number | boolean | string {
  const fail = (): never => {
    throw new RangeError(`Cannot set ${name}: it must be ${describeDomain(param)} (${param.unit}), got "${text}"`)
  }
  if (param.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : fail()
  if (param.type === 'string') {
    if (param.choices && !param.choices.includes(text)) {
      throw new RangeError(
        `Cannot set ${name}: it must be ${describeDomain(param)}, got "${text}"${didYouMean(text, param.choices)}`,
      )
    }
    return text
  }
  const value = parseDecimal(text)
  return isInDomain(param, value) ? value : fail()
}

function isInDomain(param: Param, value: number): boolean {
  if (!Number.isFinite(value)) return false
  if (param.type === 'integer' && !Number.isSafeInteger(value)) return false
  if (param.min !== undefined ? value < param.min : value <= 0) return false
  return param.max === undefined || value <= param.max
}

/** Splits `a,b,c`, refusing an empty list and empty items. */
export function splitList(name: string, text: string): string[] {
  const items = text.split(',').map((item) => item.trim())
  if (items.some((item) => item === '')) {
    throw new RangeError(`Cannot set ${name}: it must be a list without empty items, got "${text}"`)
  }
  return items
}

/**
 * Reads a parameter's value from text.
 *
 * @throws {RangeError} naming the parameter, what it must be and what was given
 */
export function parseParam(name: string, param: Param, text: string): ParamValue {
  if (!Array.isArray(param.value)) return parseScalar(name, param, text)
  const items = splitList(name, text).map((item) => parseScalar(name, param, item) as number)
  if (param.distinct && new Set(items).size < items.length) {
    throw new RangeError(`Cannot set ${name}: it must be ${describeDomain(param)} (${param.unit}), got "${text}"`)
  }
  return items
}

/**
 * Splits `key=value` and finds the parameter.
 *
 * @throws {SyntaxError} if there is no `=`; {RangeError} if no parameter has that name
 */
export function parseAssignment(
  params: Params,
  flag: string,
  text: string,
): { name: string; param: Param; text: string } {
  const equals = text.indexOf('=')
  if (equals < 1) throw new SyntaxError(`Cannot read ${flag} "${text}": it must be name=value`)
  const name = text.slice(0, equals)
  const param = Object.hasOwn(params, name) ? params[name] : undefined
  if (!param) {
    const names = Object.keys(params)
    throw new RangeError(
      `Cannot set ${name}: there is no such parameter${didYouMean(name, names)} (parameters: ${names.join(', ') || 'none'})`,
    )
  }
  return { name, param, text: text.slice(equals + 1) }
}

/** A parameter's default values by name. */
export function defaultValues(params: Params): AnyParamValues {
  return Object.fromEntries(Object.entries(params).map(([name, param]) => [name, param.value]))
}

/** A value as one would type it after `--set name=`. */
export function formatValue(value: ParamValue): string {
  return Array.isArray(value) ? value.join(',') : String(value)
}

/**
 * Parameters taken over from a machine's or model's sourced constants.
 *
 * @param quantities constants with unit and source
 * @param descriptions what each is; its keys choose which constants become parameters
 *
 * @example
 * ```ts
 * import { paramsFrom } from '../../lib/harness/mod.ts'
 *
 * const source = { kind: 'assumed', why: 'an example', range: 'any' } as const
 * const machine = { lanes: { value: 16, unit: 'lane', source }, clockGhz: { value: 1, unit: 'GHz', source } }
 * const params = paramsFrom(machine, { lanes: 'lanes of a PE' })
 * Object.keys(params) // => ['lanes']
 * params.lanes.value // => 16
 * ```
 */
export function paramsFrom<const Q extends Readonly<Record<string, Quantity>>, K extends keyof Q & string>(
  quantities: Q,
  descriptions: Readonly<Record<K, string>>,
): { readonly [N in K]: Param<number> } {
  const entries = Object.entries<string>(descriptions).map(([name, description]) => {
    const quantity = quantities[name] as Quantity
    return [name, { ...quantity, description, type: 'number' }]
  })
  return Object.fromEntries(entries) as { readonly [N in K]: Param<number> }
}

/** Checks a default or variant value the way a typed one is checked. */
export function checkValue(name: string, param: Param, value: ParamValue): void {
  const items: readonly ParamValue[] = Array.isArray(value) ? value : [value as ParamValue]
  if (items.length === 0) throw new RangeError(`Cannot use ${name}: its list must not be empty`)
  for (const item of items) parseScalar(name, param, String(item))
}

/**
 * Reads the value of --seed.
 *
 * @throws {RangeError} if it is none
 */
export function parseSeed(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= 0xffffffff) return Number(text)
  throw new RangeError(`Cannot run: --seed must be an integer from 0 to ${0xffffffff}, got "${text}"`)
}

/**
 * Reads a positive integer of the command line, of at most nine digits.
 *
 * @throws {RangeError} naming the flag and what was given
 */
export function parseCount(flag: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new RangeError(`Cannot read ${flag}: it must be a positive integer, got "${text}"`)
  return Number(text)
}
