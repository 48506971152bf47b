import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type BatchVerdict,
  checkBatch,
  discoverExperiments,
  judgeBatch,
  type ProjectState,
  runAll,
} from '../../lib/harness/batch/mod.ts'
import { writeReport } from '../../lib/harness/report/mod.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'

/** A report of the whole project in a folder of its own. */
export interface BuiltReport {
  readonly state: ProjectState
  readonly verdict: BatchVerdict
  /** Where out/report lies. */
  readonly root: string
  readonly folder: string
  /** CPU seconds that writing it took, the runs not counted. */
  readonly cpuSeconds: number
}

async function build(): Promise<BuiltReport> {
  const ids = discoverExperiments(PROJECT_ROOT)
  const state = await judgeBatch(PROJECT_ROOT, await runAll(PROJECT_ROOT, ids))
  const verdict = checkBatch(PROJECT_ROOT, state, ids)
  const root = mkdtempSync(join(tmpdir(), 'reprise-report-'))
  process.on('exit', () => rmSync(root, { recursive: true, force: true }))
  cpSync(join(PROJECT_ROOT, 'golden/papers'), join(root, 'golden/papers'), { recursive: true })
  const before = process.cpuUsage()
  await writeReport(root, state, verdict)
  const { user, system } = process.cpuUsage(before)
  return { state, verdict, root, folder: join(root, 'out/report'), cpuSeconds: (user + system) / 1e6 }
}

let built: Promise<BuiltReport> | null = null

/** The report, made once for all test files of a process. */
export function builtReport(): Promise<BuiltReport> {
  built ??= build()
  return built
}

/** Files of a folder with their text, in order of their paths. */
export function readFolder(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  )
}
