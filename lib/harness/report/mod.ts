import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { atomicWrite } from '../atomic-write.ts'
import type { ProjectState } from '../batch/mod.ts'
import { byPaper } from '../batch/scoreboard.ts'
import { claimsPage, indexPage, sourcesPage } from './index-page.ts'
import { itemPage } from './item-page.ts'

/**
 * Writes the report: pages that open from disk and need nothing else.
 *
 * @returns path of the first page, from the project's root
 * @throws {TypeError} if a figure cannot be drawn or a page not be written
 */
export async function writeReport(root: string, state: ProjectState): Promise<string> {
  const folder = join(root, 'out', 'report')
  const pages = new Map<string, string>()
  for (const judged of state.experiments) pages.set(`${judged.exp.id}.html`, await itemPage(judged))
  for (const [paper, claims] of byPaper(state.claims)) pages.set(`claims-${paper}.html`, claimsPage(paper, claims))
  pages.set('sources.html', sourcesPage(state.experiments))
  pages.set('index.html', indexPage(state))
  rmSync(folder, { recursive: true, force: true })
  for (const [name, text] of pages) atomicWrite(join(folder, name), text, { parents: true })
  return 'out/report/index.html'
}
