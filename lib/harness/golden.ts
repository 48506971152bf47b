import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { atomicWrite } from './atomic-write.ts'
import { compareTables, describeDifference } from './compare.ts'
import {
  CHANGED,
  formatGolden,
  formatSchema,
  type Golden,
  type GoldenContent,
  goldenPaths,
  type Produced,
  readGolden,
  SCHEMA,
  sha256,
  toGolden,
} from './golden-file.ts'
import type { TablesSchema } from './table.ts'

/** Outcome of holding an output against its golden. */
export interface GoldenCheck {
  readonly experiment: string
  /** What is wrong, a line each; empty when all is well. */
  readonly problems: readonly string[]
  /** The golden is unreadable or not what an acceptance left: the harness is broken, not the model. */
  readonly corrupt: boolean
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
    if (before?.verdict !== after?.verdict) {
      problems.push(`verdict of ${id}: golden ${before?.verdict ?? 'nothing'}, got ${after?.verdict ?? 'nothing'}`)
    } else if (before?.printed !== after?.printed) {
      problems.push(`printed value of ${id}: golden ${before?.printed}, got ${after?.printed}`)
    }
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
  try {
    if (problems.length === 0) rmSync(paths.changed, { recursive: true, force: true })
    else {
      const text = formatGolden(toGolden(produced, golden?.history ?? [], 'not accepted'))
      atomicWrite(paths.changed, text, { parents: true })
    }
  } catch (error) {
    problems.push((error as Error).message)
  }
  return { experiment: id, problems, corrupt: false }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
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
 * @throws {RangeError} under CI, without a reason, or if the answer or its schema changed without a version later
 *   than all before
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
  const history = golden?.history ?? []
  const sameSchema = history.at(-1)?.schemaSha256 === sha256(formatSchema(schema))
  const changes = golden ? contentProblems(schema, golden, produced) : ['first acceptance']
  if (golden && !sameSchema) changes.push('schema: columns, units or tolerances changed')
  if (golden && version !== golden.version) changes.push(`version: ${golden.version} to ${version}`)
  const notLater = history.find((entry) => !isLaterVersion(version, entry.version))
  if (changes.length > 0 && notLater) {
    throw new RangeError(
      `Cannot accept ${id}: version must be later than ${notLater.version} when the answer or its schema changes, got ${version} (${changes.length} changes)`,
    )
  }
  // A missing or edited schema copy is put right without further ado.
  const restored = readText(paths.schema) !== formatSchema(schema)
  if (restored) atomicWrite(paths.schema, formatSchema(schema), { parents: true })
  if (changes.length > 0) atomicWrite(paths.golden, formatGolden(toGolden(produced, history, reason)))
  else if (restored) changes.push('schema copy restored')
  rmSync(paths.changed, { force: true })
  return changes
}
