import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
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
    env: { CI: '', ...env },
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

/**
 * Copies the project into a temporary folder; the packages are shared.
 *
 * @param cacheOf a project whose cached runs are copied, too: what a test leaves unchanged is not run anew
 */
export function copyProject(cacheOf?: ProjectCopy): ProjectCopy {
  const root = mkdtempSync(join(tmpdir(), 'reprise-'))
  for (const part of [
    'experiments',
    'lib',
    'golden',
    'scripts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'test/vectors',
  ]) {
    cpSync(join(PROJECT_ROOT, part), join(root, part), { recursive: true })
  }
  if (cacheOf) cpSync(join(cacheOf.root, 'out/cache'), join(root, 'out/cache'), { recursive: true })
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
    // What runs in the copy is none of the project's lines: counting them would only take time.
    run: (script, args, env) => run(root, script, args, { NODE_V8_COVERAGE: '', ...env }),
    dispose: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** A small experiment's claims in a ledger's form. */
export function ledgerText(rows: readonly string[]): string {
  return `${['id,item,statement,value,lo,hi,bound,unit,conditions,role,how,note', ...rows].join('\n')}\n`
}
