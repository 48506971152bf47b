import { allConstants } from './constants-page.ts'
import { HEADLINE_DIGITS } from './headlines.ts'
import type { Page } from './page.ts'
import type { Site } from './site.ts'
import { claimValues } from './views.ts'

/** Something the search field finds: its name, what it is, and the page it is on. */
type Entry = readonly [name: string, what: string, url: string]

/** Characters of a statement that are kept; more would only make the file larger. */
const MAX_TEXT = 120

/**
 * A script that holds what the search field looks through: items, pages, claims and constants. A script, since a page
 * opened from disk may not fetch data.
 */
export function searchIndex({ state, papers }: Site, pages: readonly Page[]): string {
  const name = (id: string | undefined) => papers.find((paper) => paper.id === id)?.name ?? ''
  const entries: Entry[] = [
    ...pages
      .filter(({ path }) => !state.experiments.some(({ exp }) => path === `${exp.id}.html`))
      .map(({ title, description, path }): Entry => [title, description, path]),
    ...state.experiments.map(
      ({ exp }): Entry => [`${name(exp.paper)} ${exp.item}`.trim(), `${exp.title} (${exp.id})`, `${exp.id}.html`],
    ),
    ...state.claims
      .filter(({ experiment, repeats }) => experiment !== null && repeats === null)
      .map((claim): Entry => {
        const { printed, ours } = claimValues(claim, { digits: HEADLINE_DIGITS })
        return [
          claim.id,
          `${printed} (ours ${ours}): ${claim.statement.slice(0, MAX_TEXT)}`,
          `${claim.experiment}.html#${claim.id}`,
        ]
      }),
    ...[...new Map(allConstants(state.experiments).map((constant) => [constant.name, constant])).values()].map(
      (constant): Entry => [
        constant.name,
        constant.what.slice(0, MAX_TEXT),
        `constants.html?q=${encodeURIComponent(constant.name)}`,
      ],
    ),
  ]
  return `globalThis.repriseIndex = ${JSON.stringify(entries)}\n`
}
