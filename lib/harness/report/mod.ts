import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { atomicWrite } from '../atomic-write.ts'
import type { BatchVerdict, JudgedExperiment, ProjectState } from '../batch/mod.ts'
import { assets } from './assets.ts'
import { constantsPage } from './constants-page.ts'
import { correctionsPage } from './corrections-page.ts'
import { type Download, dataFiles } from './downloads.ts'
import { errataPage } from './errata-page.ts'
import { drawItem } from './item-figures.ts'
import { itemPage } from './item-page.ts'
import { landingPage } from './landing-page.ts'
import { type Page, renderPage } from './page.ts'
import { paperPage } from './paper-page.ts'
import { searchIndex } from './search-index.ts'
import { type Site, siteOf, withProblems } from './site.ts'

/** Pages and data files of all items, each with the one before and the one after it. */
async function items(
  site: Site,
): Promise<{ readonly pages: Page[]; readonly files: Download[]; readonly problems: string[] }> {
  const pages: Page[] = []
  const files: Download[] = []
  const problems: string[] = []
  const { experiments } = site.state
  const path = (judged: JudgedExperiment | undefined) => judged && `${judged.exp.id}.html`
  for (const [index, judged] of experiments.entries()) {
    const drawn = await drawItem(judged)
    const downloads = [...drawn.downloads, ...dataFiles(judged)]
    const neighbours = { previous: path(experiments[index - 1]), next: path(experiments[index + 1]) }
    pages.push(itemPage(site, judged, { drawn, downloads, neighbours }))
    files.push(...downloads)
    if (drawn.problem !== null) problems.push(drawn.problem)
  }
  return { pages, files, problems }
}

/**
 * Writes the report: pages, figures and data that open from disk or any host and need nothing else.
 *
 * A figure that cannot be drawn, or a paper's entry that cannot be read, is missing and named; all else is written.
 *
 * @returns path of the first page, from the project's root, and the verdict with what is missing
 * @throws {TypeError} if a page cannot be written
 */
export async function writeReport(
  root: string,
  state: ProjectState,
  verdict: BatchVerdict,
): Promise<{ readonly path: string; readonly verdict: BatchVerdict }> {
  const known = siteOf(root, state, verdict)
  const { papers } = known
  const { pages: itemPages, files, problems } = await items(known)
  const site: Site = { ...known, verdict: withProblems(known.verdict, problems) }
  const pages = [
    landingPage(site),
    correctionsPage(site),
    errataPage(site),
    constantsPage(site),
    ...papers.map((paper) => paperPage(site, paper)),
    ...itemPages,
  ]
  const written = new Map<string, string>([
    ...pages.map((page) => [page.path, renderPage(page)] as const),
    ...files.map(({ path, text }) => [path, text] as const),
    ...papers.flatMap(({ id, bib }) => (bib === null ? [] : [[`papers/${id}.bib`, bib] as const])),
    ...(await assets()),
    ['assets/index.js', searchIndex(site, pages)],
  ])
  // Written aside and swapped in, so that two runs at once never mix, and a reader meets no half-written report.
  const folder = join(root, 'out', 'report')
  const aside = `${folder}.${process.pid}.tmp`
  const old = `${folder}.${process.pid}.old.tmp`
  try {
    // What a killed run with the same number left must not be published.
    rmSync(aside, { recursive: true, force: true })
    for (const [name, text] of written) atomicWrite(join(aside, name), text, { parents: true })
    swapIn(aside, folder, old)
  } finally {
    for (const left of [aside, old]) rmSync(left, { recursive: true, force: true })
  }
  return { path: 'out/report/index.html', verdict: site.verdict }
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
