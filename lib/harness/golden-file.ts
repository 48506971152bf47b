import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyTables, TablesSchema } from './table.ts'
import { compileSchema, describeViolation } from './validate.ts'
import { VERDICTS, type Verdict } from './verdict.ts'

/** What became of a claim, and what it was held against. */
export interface PinnedVerdict {
  /** The ledger's digits; both ends of a range, empty for a statement. */
  readonly printed: string
  readonly verdict: Verdict
}

/** What a golden pins of an experiment: the tables of each variant, and the verdict of each claim. */
export interface GoldenContent {
  readonly variants: Readonly<Record<string, AnyTables>>
  readonly verdicts: Readonly<Record<string, PinnedVerdict>>
}

/** One acceptance: which version, under which schema, why, and a hash over it, its content and all before it. */
export interface Acceptance {
  readonly version: string
  readonly reason: string
  readonly schemaSha256: string
  readonly sha256: string
}

/** A golden file. */
export interface Golden extends GoldenContent {
  readonly experiment: string
  readonly version: string
  readonly history: readonly Acceptance[]
}

/** What an experiment produced, to be held against its golden. */
export interface Produced extends GoldenContent {
  readonly experiment: string
  readonly version: string
  readonly schema: TablesSchema
}

const GOLDEN_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    experiment: { type: 'string' },
    version: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' },
    history: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: {
          version: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' },
          reason: { type: 'string', minLength: 1 },
          schemaSha256: { type: 'string' },
          sha256: { type: 'string' },
        },
        required: ['version', 'reason', 'schemaSha256', 'sha256'],
        additionalProperties: false,
      },
    },
    variants: {
      type: 'object',
      additionalProperties: { type: 'object', additionalProperties: { type: 'array', items: { type: 'object' } } },
    },
    verdicts: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        // A claim that an experiment answers for is never pending.
        properties: {
          printed: { type: 'string' },
          verdict: { enum: VERDICTS.filter((verdict) => verdict !== 'pending') },
        },
        required: ['printed', 'verdict'],
        additionalProperties: false,
      },
    },
  },
  required: ['experiment', 'version', 'history', 'variants', 'verdicts'],
  additionalProperties: false,
}

/** How the names of outputs that are not accepted end. */
export const CHANGED = '.changed.json'
/** How the names of schema copies end. */
export const SCHEMA = '.schema.json'

/** Paths of an experiment's golden, its schema copy and the output written beside them on a mismatch. */
export function goldenPaths(root: string, id: string): { golden: string; schema: string; changed: string } {
  const base = join(root, 'golden', id)
  return { golden: `${base}.json`, schema: `${base}${SCHEMA}`, changed: `${base}${CHANGED}` }
}

/** Hash of a text. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Hash of an acceptance: its content, its reason, and every acceptance before it. */
function acceptanceHash(
  { variants, verdicts }: GoldenContent,
  last: Omit<Acceptance, 'sha256'>,
  before: readonly Acceptance[],
): string {
  const { version, reason, schemaSha256 } = last
  return sha256(JSON.stringify({ variants, verdicts, version, reason, schemaSha256, before }))
}

/** JSON with one table row a line, so that a change shows as the lines it changes. */
export function formatGolden(golden: Golden): string {
  const rows = (table: AnyTables[string]) => table.map((row) => `        ${JSON.stringify(row)}`).join(',\n')
  const tables = (content: AnyTables) =>
    Object.entries(content)
      .map(([name, table]) => `      ${JSON.stringify(name)}: [\n${rows(table)}\n      ]`)
      .join(',\n')
  const variants = Object.entries(golden.variants)
    .map(([name, content]) => `    ${JSON.stringify(name)}: {\n${tables(content)}\n    }`)
    .join(',\n')
  const lines = (value: object) => JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')
  return `{
  "experiment": ${JSON.stringify(golden.experiment)},
  "version": ${JSON.stringify(golden.version)},
  "history": ${lines(golden.history)},
  "variants": {
${variants}
  },
  "verdicts": ${lines(golden.verdicts)}
}
`
}

/** The schema copy's text. */
export function formatSchema(schema: TablesSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}

/**
 * Reads an experiment's golden.
 *
 * @returns null if there is none
 * @throws {SyntaxError} if the file is not a golden, or not the content that was accepted
 */
export function readGolden(root: string, id: string): Golden | null {
  const { golden: path } = goldenPaths(root, id)
  if (!existsSync(path)) return null
  const fail = (what: string): never => {
    throw new SyntaxError(`Cannot read golden/${id}.json: ${what}`)
  }
  let document: unknown
  try {
    document = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    fail(`it must be JSON, got ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
  }
  const validate = compileSchema(GOLDEN_SCHEMA)
  if (!validate(document))
    fail(validate.errors?.[0] ? describeViolation(validate.errors[0], document) : 'it must be a golden')
  const golden = document as Golden
  if (golden.experiment !== id) fail(`experiment must be "${id}", got "${golden.experiment}"`)
  const last = golden.history.at(-1) as Acceptance
  if (last.version !== golden.version || last.sha256 !== acceptanceHash(golden, last, golden.history.slice(0, -1))) {
    fail('its content must be what was last accepted; it was edited by hand')
  }
  return golden
}

/** The golden that accepting an output makes. */
export function toGolden(produced: Produced, history: readonly Acceptance[], reason: string): Golden {
  const { experiment, version, schema, variants, verdicts } = produced
  const entry = { version, reason, schemaSha256: sha256(formatSchema(schema)) }
  return {
    experiment,
    version,
    history: [...history, { ...entry, sha256: acceptanceHash(produced, entry, history) }],
    variants,
    verdicts,
  }
}
