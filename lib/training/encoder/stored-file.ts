import { codesOf, STORED_FORMAT, type StoredEncoder, type StoredEncoders, sha256Of } from './stored.ts'
import type { StoredTensor } from './tensor-codes.ts'

/**
 * Reads a file of stored encoders, and checks all hashes.
 *
 * @param file how errors name it
 * @throws {SyntaxError} if it is no such file, or not whole
 * @throws {TypeError} if something in it is not what was stored
 */
export function parseStored(file: string, text: string): StoredEncoders {
  const fail = (must: string, got: string): never => {
    throw new SyntaxError(`Cannot read the stored encoders in ${file}: ${must}, got ${got}`)
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return fail('it must be a whole JSON text', `${text.length} characters that are none (is it cut off?)`)
  }
  const { format, networks, records, recordsSha256 } = (parsed ?? {}) as Partial<StoredFile>
  if (format !== STORED_FORMAT) fail(`its format must be "${STORED_FORMAT}"`, JSON.stringify(format) ?? 'none')
  if (!Array.isArray(networks) || records === null || typeof records !== 'object' || Array.isArray(records)) {
    return fail('it must have a list of networks and records', 'other fields')
  }
  for (const [i, network] of (networks as readonly Partial<StoredEncoder>[]).entries()) {
    const { name, seed, shape, base, tensors, metrics, sha256, headSha256, base64 } = network ?? {}
    const whole =
      typeof name === 'string' &&
      typeof seed === 'number' &&
      base !== name &&
      metrics !== null &&
      typeof metrics === 'object' &&
      typeof sha256 === 'string' &&
      typeof headSha256 === 'string' &&
      typeof base64 === 'string' &&
      shape !== null &&
      typeof shape === 'object' &&
      Array.isArray(tensors) &&
      tensors.every((tensor: Partial<StoredTensor> | null) => Number.isFinite(tensor?.scale))
    if (!whole)
      fail(
        'each network must have name, seed, shape, tensors, metrics, sha256, headSha256 and base64, and another as its base',
        `network ${i} without`,
      )
  }
  const found = recordsOf(records)
  if (recordsSha256 !== found) {
    throw new TypeError(
      `Cannot read the stored encoders in ${file}: the SHA-256 of its records must be ${recordsSha256}, got ${found}`,
    )
  }
  for (const network of networks) codesOf(network)
  return { format: STORED_FORMAT, networks, records }
}

/** What stands in a file. */
interface StoredFile extends StoredEncoders {
  readonly recordsSha256: string
}

const recordsOf = (records: StoredEncoders['records']): string => sha256Of(JSON.stringify(records))

/** The text of a file of stored encoders: a network and a row a line, so that changes show. */
export function formatStored({ format, networks, records }: StoredEncoders): string {
  const lines = (items: readonly unknown[], indent: string) =>
    items.length === 0
      ? '[]'
      : `[\n${items.map((item) => `${indent}  ${JSON.stringify(item)}`).join(',\n')}\n${indent}]`
  const tables = Object.entries(records).map(([name, rows]) => `    ${JSON.stringify(name)}: ${lines(rows, '    ')}`)
  return `{
  "format": ${JSON.stringify(format)},
  "networks": ${lines(networks, '  ')},
  "recordsSha256": ${JSON.stringify(recordsOf(records))},
  "records": ${tables.length === 0 ? '{}' : `{\n${tables.join(',\n')}\n  }`}
}
`
}
