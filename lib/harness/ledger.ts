import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCsv } from './csv.ts'
import { PRINTED_NUMBER } from './printed.ts'
import { compileSchema, describeViolation } from './validate.ts'

/** How a claim's value is to be read. */
export type Bound = 'exact' | 'approx' | 'upto' | 'atleast' | 'range' | 'mean' | 'predicate'

/**
 * What a claim is: `result`: the paper found it; `input`: the paper set or cites it; `in-kind`: an order or a shape the
 * paper found on its networks, judged on networks trained here, and so no result of the paper's that is checked.
 */
export const ROLES = ['result', 'input', 'in-kind'] as const
export type Role = (typeof ROLES)[number]

/** One row of a ledger: one number (or statement) a paper printed. Numbers stay text; their digits count. */
export interface Claim {
  readonly id: string
  readonly item: string
  readonly statement: string
  readonly value: string
  readonly lo: string
  readonly hi: string
  readonly bound: Bound
  readonly unit: string
  /** A JSON object, or empty. */
  readonly conditions: string
  readonly role: Role
  readonly how: 'derive' | 'simulate' | 'measure' | 'train' | 'none'
  readonly note: string
}

/** A claim with the ledger it stands in. */
export interface LedgerClaim extends Claim {
  readonly paper: string
  /** Id of the claim this one says over again, if its note says so. */
  readonly repeats: string | null
}

const COLUMNS: readonly (keyof Claim)[] = [
  'id',
  'item',
  'statement',
  'value',
  'lo',
  'hi',
  'bound',
  'unit',
  'conditions',
  'role',
  'how',
  'note',
]

const optionalNumber = { type: 'string', pattern: `^$|${PRINTED_NUMBER}` }

/** JSON Schema (2020-12) of a ledger row. */
export const CLAIM_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^[a-z0-9-]+(\\.[A-Za-z0-9-]+)+$' },
    item: { type: 'string', minLength: 1 },
    statement: { type: 'string', minLength: 1 },
    value: optionalNumber,
    lo: optionalNumber,
    hi: optionalNumber,
    bound: { enum: ['exact', 'approx', 'upto', 'atleast', 'range', 'mean', 'predicate'] },
    unit: { type: 'string' },
    conditions: { type: 'string' },
    role: { enum: ROLES },
    how: { enum: ['derive', 'simulate', 'measure', 'train', 'none'] },
    note: { type: 'string' },
  },
  required: COLUMNS,
  additionalProperties: false,
  // Which of value, lo and hi a bound asks for is checked in code: conditional schemas take long to compile.
}

const REPEATS = /^(?:repeats|same(?: \w+)? as) ([a-z0-9-]+(?:\.[A-Za-z0-9-]+)+)/

/** Where the ledgers are. */
export function ledgerDirectory(root: string): string {
  return join(root, 'golden', 'papers')
}

/** Names of the papers that have a ledger. */
export function listLedgers(root: string): string[] {
  let names: string[]
  try {
    names = readdirSync(ledgerDirectory(root))
  } catch {
    throw new TypeError(`Cannot read the ledgers: ${ledgerDirectory(root)} must be a readable directory`)
  }
  return names
    .filter((name) => name.endsWith('.csv'))
    .map((name) => name.slice(0, -'.csv'.length))
    .sort()
}

/**
 * Reads one paper's ledger, golden/papers/<paper>.csv.
 *
 * @throws {TypeError} if it cannot be read
 * @throws {SyntaxError} on a byte-order mark, carriage returns, a missing or extra column, a malformed or duplicate
 *   row; the message names file and line
 */
export function readLedger(root: string, paper: string): LedgerClaim[] {
  const path = join(ledgerDirectory(root), `${paper}.csv`)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new TypeError(`Cannot read the ledger of ${paper}: golden/papers/${paper}.csv must be a readable file`)
  }
  return parseLedger(paper, text)
}

/** Parses a ledger's text; see {@link readLedger}. */
export function parseLedger(paper: string, text: string): LedgerClaim[] {
  const file = `golden/papers/${paper}.csv`
  const fail = (line: number, what: string): never => {
    throw new SyntaxError(`Cannot read ${file}:${line}: ${what}`)
  }
  if (text.startsWith('\uFEFF')) fail(1, 'the file must not begin with a byte-order mark, got one')
  const carriage = text.indexOf('\r')
  if (carriage >= 0)
    fail(text.slice(0, carriage).split('\n').length, 'lines must end in LF, got a carriage return (CRLF)')
  const garbled = text.search(/[\0\uFFFD]/)
  if (garbled >= 0) fail(text.slice(0, garbled).split('\n').length, 'the file must be UTF-8 text, got other bytes')
  const header = (text.split('\n')[0] ?? '').split(',')
  const extra = header.filter((name) => !COLUMNS.includes(name as keyof Claim))
  if (extra.length > 0)
    fail(1, `the header must have only the columns ${COLUMNS.join(',')}; got also: ${extra.join(', ')}`)
  const rows = parseCsv(file, text, COLUMNS)
  const validate = compileSchema(CLAIM_SCHEMA)
  const seen = new Map<string, number>()
  return rows.map(({ line, cells: row }) => {
    if (!validate(row as unknown)) {
      const error = validate.errors?.[0]
      fail(line, `(${row.id || 'no id'}) ${error ? describeViolation(error, row) : 'malformed row'}`)
    }
    const claim = row as Claim
    if (!claim.id.startsWith(`${paper}.`)) fail(line, `id must begin with "${paper}.", got "${claim.id}"`)
    const before = seen.get(claim.id)
    if (before !== undefined) fail(line, `id must be unique, got ${claim.id} again (first in line ${before})`)
    seen.set(claim.id, line)
    const wanted = claim.bound === 'predicate' ? [] : claim.bound === 'range' ? ['lo', 'hi'] : ['value']
    for (const name of ['value', 'lo', 'hi'] as const) {
      if (wanted.includes(name) === (claim[name] === '')) {
        const must = wanted.includes(name) ? 'be a number' : 'be empty'
        fail(line, `(${claim.id}) ${name} must ${must} where bound is ${claim.bound}, got "${claim[name]}"`)
      }
    }
    const infinite = [claim.value, claim.lo, claim.hi].find((text) => text !== '' && !Number.isFinite(Number(text)))
    if (infinite) fail(line, `(${claim.id}) a number must be finite, got ${infinite}`)
    if (claim.bound === 'range' && Number(claim.lo) > Number(claim.hi)) {
      fail(line, `(${claim.id}) lo must not exceed hi, got ${claim.lo} and ${claim.hi}`)
    }
    if (claim.conditions !== '' && !isJsonObject(claim.conditions)) {
      fail(line, `(${claim.id}) conditions must be a JSON object or empty, got ${claim.conditions}`)
    }
    if (claim.role === 'in-kind' && (claim.bound !== 'predicate' || claim.how !== 'train')) {
      fail(line, `(${claim.id}) an in-kind claim must be a predicate on how to train, got ${claim.bound}, ${claim.how}`)
    }
    return { ...claim, paper, repeats: REPEATS.exec(claim.note)?.[1] ?? null }
  })
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value)
  } catch {
    return false
  }
}

/**
 * Reads all ledgers, and checks that every repeated claim exists.
 *
 * @throws {SyntaxError} as {@link readLedger}, or where a note repeats an unknown claim, or one in kind a paper's own
 */
export function readLedgers(root: string): Map<string, LedgerClaim> {
  const claims = new Map<string, LedgerClaim>()
  for (const paper of listLedgers(root)) {
    for (const claim of readLedger(root, paper)) claims.set(claim.id, claim)
  }
  for (const claim of claims.values()) {
    if (claim.repeats === null) continue
    const original = claims.get(claim.repeats)
    if (!original || original.repeats !== null) {
      throw new SyntaxError(
        `Cannot read golden/papers/${claim.paper}.csv: ${claim.id} must repeat a known claim that repeats none, got ${claim.repeats}`,
      )
    }
    // The other's prediction would stand for this one, and networks trained here say nothing about a paper's.
    if ((claim.role === 'in-kind') !== (original.role === 'in-kind')) {
      throw new SyntaxError(
        `Cannot read golden/papers/${claim.paper}.csv: ${claim.id} (${claim.role}) must not repeat ${claim.repeats} (${original.role})`,
      )
    }
  }
  return claims
}
