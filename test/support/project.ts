import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'

/** What a command printed and how it ended. */
export interface Outcome {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/**
 * What processes started by tests get besides: their lines are not counted, since this one covers the same, and counting
 * in hundreds of processes takes minutes. Whether they write colour is for each test to say, not for who runs it.
 */
export const CHILD_ENV: NodeJS.ProcessEnv = { CI: '', NODE_V8_COVERAGE: '', FORCE_COLOR: undefined }

/** Does something for each item, as many at once as there are processors; the results are in the items' order. */
export async function atOnce<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const rest = items.entries()
  const worker = async () => {
    for (const [index, item] of rest) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return results
}

/** Runs a TypeScript program of a project; never throws on a non-zero exit. */
export async function run(
  root: string,
  script: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: root,
    reject: false,
    stdin: 'ignore',
    env: { ...CHILD_ENV, ...env },
  })
  return { exitCode, stdout, stderr }
}

/** A copy of the project that a test may break. */
export interface ProjectCopy {
  readonly root: string
  read(path: string): string
  write(path: string, text: string): void
  /** Replaces text that must be there. */
  edit(path: string, from: string, to: string): void
  remove(path: string): void
  run(script: string, args?: readonly string[], env?: NodeJS.ProcessEnv): Promise<Outcome>
  dispose(): void
}

/** What experiments and scripts need of the project. */
const WORKING = [
  'experiments',
  'lib',
  'golden',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'test/vectors',
]

/** The rest of the sources. */
const BESIDE = [
  'test',
  'Makefile',
  'README.md',
  'LICENSE',
  'CITATION.cff',
  '.github',
  '.ci',
  '.gitignore',
  '.npmrc',
  '.biome.json',
]

let runs: Promise<Outcome> | undefined

/**
 * Runs every experiment of the project, once for all tests and only what has changed since the last run, so that
 * copies can start from the cached runs. Whether these still stand for a new one is for the project to decide.
 */
export function warmRuns(): Promise<Outcome> {
  runs ??= run(PROJECT_ROOT, 'scripts/reproduce.ts', ['--no-report'])
  return runs
}

/**
 * Copies the project into a temporary folder; the packages are shared.
 *
 * @param options `runs`: with the project's cached runs (see {@link warmRuns}); `whole`: with everything that is
 * under version control
 */
export function copyProject(options: { readonly runs?: boolean; readonly whole?: boolean } = {}): ProjectCopy {
  const root = mkdtempSync(join(tmpdir(), 'reprise-'))
  for (const part of [...WORKING, ...(options.whole ? BESIDE : []), ...(options.runs ? ['out/cache'] : [])]) {
    cpSync(join(PROJECT_ROOT, part), join(root, part), { recursive: true })
  }
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'))
  const at = (path: string) => join(root, path)
  return {
    root,
    read: (path) => readFileSync(at(path), 'utf8'),
    write: (path, text) => writeFileSync(at(path), text),
    edit(path, from, to) {
      const text = readFileSync(at(path), 'utf8')
      if (!text.includes(from)) throw new RangeError(`Cannot edit ${path}: it must contain ${JSON.stringify(from)}`)
      writeFileSync(at(path), text.replace(from, to))
    },
    remove: (path) => rmSync(at(path), { recursive: true }),
    run: (script, args, env) => run(root, script, args, env),
    dispose: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** A small experiment's claims in a ledger's form. */
export function ledgerText(rows: readonly string[]): string {
  return `${['id,item,statement,value,lo,hi,bound,unit,conditions,role,how,note', ...rows].join('\n')}\n`
}
