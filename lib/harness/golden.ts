import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { atomicWrite } from './atomic-write.ts'
import { compareTables, describeDifference } from './compare.ts'
import type { AnyTables, TablesSchema } from './table.ts'
import { compileSchema, describeViolation } from './validate.ts'
import { VERDICTS, type Verdict } from './verdict.ts'

/** What a golden pins of an experiment: the tables of each variant, and the verdict of each claim. */
export interface GoldenContent {
  readonly variants: Readonly<Record<string, AnyTables>>
  readonly verdicts: Readonly<Record<string, Verdict>>
}

/** One acceptance: which version, of what content, and why. */
export interface Acceptance {
  readonly version: string
  readonly sha256: string
  readonly reason: string
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

/** Outcome of holding an output against its golden. */
export interface GoldenCheck {
  readonly experiment: string
  /** What is wrong, a line each; empty when all is well. */
  readonly problems: readonly string[]
  /** The golden is unreadable or not what an acceptance left: the harness is broken, not the model. */
  readonly corrupt: boolean
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
          version: { type: 'string' },
          sha256: { type: 'string' },
          reason: { type: 'string', minLength: 1 },
        },
        required: ['version', 'sha256', 'reason'],
        additionalProperties: false,
      },
    },
    variants: {
      type: 'object',
      additionalProperties: { type: 'object', additionalProperties: { type: 'array', items: { type: 'object' } } },
    },
    verdicts: { type: 'object', additionalProperties: { enum: VERDICTS } },
  },
  required: ['experiment', 'version', 'history', 'variants', 'verdicts'],
  additionalProperties: false,
}

const CHANGED = '.changed.json'
const SCHEMA = '.schema.json'

/** Paths of an experiment's golden, its schema copy and the output written beside them on a mismatch. */
export function goldenPaths(root: string, id: string): { golden: string; schema: string; changed: string } {
  const base = join(root, 'golden', id)
  return { golden: `${base}.json`, schema: `${base}${SCHEMA}`, changed: `${base}${CHANGED}` }
}

function contentHash({ variants, verdicts }: GoldenContent): string {
  return createHash('sha256').update(JSON.stringify({ variants, verdicts })).digest('hex')
}

/** JSON with one table row a line, so that a change shows as the lines it changes. */
function formatGolden(golden: Golden): string {
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

function formatSchema(schema: TablesSchema): string {
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
  const last = golden.history.at(-1)
  if (last?.version !== golden.version || last.sha256 !== contentHash(golden)) {
    fail('its content must be what was last accepted; it was edited by hand')
  }
  return golden
}

/** Whether `next` is a later semantic version than `before`. */
export function isLaterVersion(next: string, before: string): boolean {
  const a = next.split('.').map(Number)
  const b = before.split('.').map(Number)
  const at = a.findIndex((part, index) => part !== b[index])
  return at >= 0 && (a[at] as number) > (b[at] as number)
}

/** Differences between two goldens' contents, a line each. */
function contentProblems(schema: TablesSchema, golden: GoldenContent, got: GoldenContent): string[] {
  const problems: string[] = []
  for (const variant of new Set([...Object.keys(golden.variants), ...Object.keys(got.variants)])) {
    const before = golden.variants[variant]
    const after = got.variants[variant]
    if (!before || !after) problems.push(`variant ${variant}: ${before ? 'in the golden only' : 'not in the golden'}`)
    else problems.push(...compareTables(schema, before, after).map((d) => `${variant}: ${describeDifference(d)}`))
  }
  for (const id of new Set([...Object.keys(golden.verdicts), ...Object.keys(got.verdicts)])) {
    const before = golden.verdicts[id]
    const after = got.verdicts[id]
    if (before !== after) problems.push(`verdict of ${id}: golden ${before ?? 'nothing'}, got ${after ?? 'nothing'}`)
  }
  return problems
}

/**
 * Holds an output against its golden, both ways. On a mismatch the new output is written beside the golden as
 * `<item>.changed.json`; where all is well a stale one is removed.
 */
export function checkGolden(root: string, produced: Produced): GoldenCheck {
  const { experiment: id, version, schema } = produced
  const paths = goldenPaths(root, id)
  let golden: Golden | null
  try {
    golden = readGolden(root, id)
  } catch (error) {
    return { experiment: id, problems: [(error as Error).message], corrupt: true }
  }
  const problems: string[] = []
  if (!golden) problems.push('there is no golden; review the output and accept it')
  else {
    problems.push(...contentProblems(schema, golden, produced))
    if (problems.length > 0 && version === golden.version) {
      problems.push(
        `the answer changed but the version is still ${version}; bump it if the change is meant, then accept`,
      )
    }
    if (version !== golden.version) {
      problems.push(
        `the experiment is version ${version}, its golden ${golden.version}; accept it or restore the version`,
      )
    }
  }
  if (golden && readText(paths.schema) !== formatSchema(schema)) {
    problems.push(`golden/${id}${SCHEMA} must be the schema of the experiment; accept it anew`)
  }
  if (problems.length > 0)
    atomicWrite(paths.changed, formatGolden(toGolden(produced, golden?.history ?? [], 'not accepted')), {
      parents: true,
    })
  else rmSync(paths.changed, { force: true })
  return { experiment: id, problems, corrupt: false }
}

function readText(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

function toGolden(produced: Produced, history: readonly Acceptance[], reason: string): Golden {
  const { experiment, version, variants, verdicts } = produced
  return {
    experiment,
    version,
    history: [...history, { version, sha256: contentHash(produced), reason }],
    variants,
    verdicts,
  }
}

/** Files under golden/ that belong to no experiment. */
export function orphanGoldens(root: string, ids: readonly string[]): string[] {
  const directory = join(root, 'golden')
  const expected = new Set(ids.flatMap((id) => [`${id}.json`, `${id}${SCHEMA}`]))
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp') && !entry.name.endsWith(CHANGED))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((path) => !path.startsWith('papers/') && !expected.has(path))
    .sort()
}

/**
 * Makes an output the golden. The schema copy is written first: a kill between the two leaves two whole files, and
 * the next check says that the schema has drifted.
 *
 * @param reason why the new answer is right; kept in the golden's history
 * @returns what changed, a line each
 * @throws {RangeError} under CI, without a reason, or if the answer changed without a later version
 * @throws {SyntaxError} if the present golden is corrupt
 */
export function acceptGolden(
  root: string,
  produced: Produced,
  reason: string,
  environment: { readonly CI?: string | undefined },
): string[] {
  const { experiment: id, version, schema } = produced
  if (environment.CI && environment.CI !== 'false' && environment.CI !== '0') {
    throw new RangeError(`Cannot accept ${id}: a golden must be accepted by a person, got a run under CI`)
  }
  if (reason.trim() === '')
    throw new RangeError(`Cannot accept ${id}: --reason must say why the new answer is right, got nothing`)
  const golden = readGolden(root, id)
  const paths = goldenPaths(root, id)
  const changes = golden ? contentProblems(schema, golden, produced) : ['first acceptance']
  if (golden && changes.length > 0 && !isLaterVersion(version, golden.version)) {
    throw new RangeError(
      `Cannot accept ${id}: version must be later than ${golden.version} when the answer changes, got ${version} (${changes.length} changes)`,
    )
  }
  const schemaDrifted = readText(paths.schema) !== formatSchema(schema)
  if (golden && changes.length === 0 && version === golden.version && !schemaDrifted) return []
  atomicWrite(paths.schema, formatSchema(schema), { parents: true })
  const unchanged = golden && changes.length === 0 && version === golden.version
  if (!unchanged) atomicWrite(paths.golden, formatGolden(toGolden(produced, golden?.history ?? [], reason)))
  rmSync(paths.changed, { force: true })
  return changes.length > 0 ? changes : ['schema or version only']
}
