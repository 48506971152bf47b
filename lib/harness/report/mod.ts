import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { atomicWrite } from '../atomic-write.ts'
import type { BatchVerdict, ProjectState } from '../batch/mod.ts'
import { byPaper } from '../batch/scoreboard.ts'
import { claimsPage, indexPage, sourcesPage } from './index-page.ts'
import { itemPage } from './item-page.ts'

/**
 * Writes the report: pages that open from disk and need nothing else.
 *
 * @returns path of the first page, from the project's root
 * @throws {TypeError} if a figure cannot be drawn or a page not be written
 */
export async function writeReport(root: string, state: ProjectState, verdict: BatchVerdict): Promise<string> {
  const folder = join(root, 'out', 'report')
  const pages = new Map<string, string>()
  for (const judged of state.experiments) pages.set(`${judged.exp.id}.html`, await itemPage(judged))
  for (const [paper, claims] of byPaper(state.claims)) pages.set(`claims-${paper}.html`, claimsPage(paper, claims))
  pages.set('sources.html', sourcesPage(state.experiments))
  pages.set('index.html', indexPage(state, verdict))
  // Written aside and swapped in, so that two runs at once, or a reader, never meet half a report.
  const aside = `${folder}.${process.pid}.tmp`
  const old = `${folder}.${process.pid}.old.tmp`
  try {
    for (const [name, text] of pages) atomicWrite(join(aside, name), text, { parents: true })
    swapIn(aside, folder, old)
  } finally {
    for (const left of [aside, old]) rmSync(left, { recursive: true, force: true })
  }
  return 'out/report/index.html'
}

/** Puts `aside` in the place of `folder`; another run may be doing the same. */
function swapIn(aside: string, folder: string, old: string): void {
  for (let tries = 5; ; tries--) {
    try {
      rmSync(old, { recursive: true, force: true })
      if (existsSync(folder)) renameSync(folder, old)
      renameSync(aside, folder)
      return
    } catch (error) {
      if (tries <= 1) throw new TypeError(`Cannot write out/report: it must be a writable folder, got ${error}`)
    }
  }
}
