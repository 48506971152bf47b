type Entry = readonly [name: string, what: string, url: string]

const MAX_FOUND = 12
const MIN_LETTERS = 2

/** Loads what can be found, once; a script, since pages on disk may not fetch. */
function loadIndex(up: string, ready: () => void): void {
  if (document.getElementById('find-index')) return
  const script = document.createElement('script')
  script.id = 'find-index'
  script.src = `${up}assets/index.js`
  script.addEventListener('load', ready)
  // The next focus tries again.
  script.addEventListener('error', () => script.remove())
  document.head.append(script)
}

/** How well a word fits a text: 0 as a word of its own, 1 as the beginning of one, 2 inside one, null not at all. */
function fit(text: string, word: string): number | null {
  let best: number | null = null
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const begins = at === 0 || !/[\p{L}\p{N}.]/u.test(text[at - 1] as string)
    const ends = !/[\p{L}\p{N}]/u.test(text[at + word.length] ?? ' ')
    const rank = begins ? (ends ? 0 : 1) : 2
    if (best === null || rank < best) best = rank
  }
  return best
}

/** A hit in the text counts for less than any hit in the name. */
const IN_TEXT = 3

/** Entries that hold every word, the best first; equal ones stay in order: pages, items, claims, constants. */
function find(entries: readonly Entry[], query: string): Entry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const score = ([name, what]: Entry): number | null => {
    let sum = 0
    for (const word of words) {
      const inName = fit(name.toLowerCase(), word)
      const inText = fit(what.toLowerCase(), word)
      if (inName === null && inText === null) return null
      sum += Math.min(inName ?? Number.POSITIVE_INFINITY, (inText ?? Number.POSITIVE_INFINITY) + IN_TEXT)
    }
    return sum
  }
  return entries
    .flatMap((entry) => {
      const rank = score(entry)
      return rank === null ? [] : [{ entry, rank }]
    })
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MAX_FOUND)
    .map(({ entry }) => entry)
}

/** The field in every page's head that finds items, claims and constants of the whole report. */
export function enableFinding(): void {
  const input = document.getElementById('find')
  const list = document.getElementById('found')
  if (!(input instanceof HTMLInputElement) || !list) return
  const up = document.body.dataset['up'] ?? ''
  let chosen = -1
  const choose = (index: number) => {
    const options = [...list.children]
    chosen = options.length === 0 ? -1 : (index + options.length) % options.length
    for (const [at, option] of options.entries()) option.setAttribute('aria-selected', String(at === chosen))
    const option = options[chosen]
    if (option) input.setAttribute('aria-activedescendant', option.id)
    else input.removeAttribute('aria-activedescendant')
    option?.scrollIntoView({ block: 'nearest' })
  }
  const close = () => {
    list.hidden = true
    input.setAttribute('aria-expanded', 'false')
  }
  const show = () => {
    const entries = (globalThis as { repriseIndex?: readonly Entry[] }).repriseIndex ?? []
    const query = input.value.trim()
    const hits = query.length < MIN_LETTERS ? [] : find(entries, query)
    list.replaceChildren(
      ...hits.map(([name, what, url], index) => {
        const option = document.createElement('li')
        option.id = `found-${index}`
        option.setAttribute('role', 'option')
        const link = document.createElement('a')
        link.href = up + url
        link.tabIndex = -1
        const title = document.createElement('b')
        title.textContent = name
        link.append(title, ` ${what}`)
        option.append(link)
        return option
      }),
    )
    if (hits.length === 0 && query.length >= MIN_LETTERS && entries.length > 0) {
      const none = document.createElement('li')
      none.id = 'found-none'
      none.setAttribute('role', 'option')
      none.textContent = 'Nothing found'
      list.append(none)
    }
    list.hidden = list.children.length === 0
    input.setAttribute('aria-expanded', String(!list.hidden))
    choose(0)
  }
  input.addEventListener('focus', () => loadIndex(up, show))
  input.addEventListener('input', show)
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      choose(chosen + (event.key === 'ArrowDown' ? 1 : -1))
    } else if (event.key === 'Enter') {
      list.children[chosen]?.querySelector('a')?.click()
    } else if (event.key === 'Escape') {
      close()
      input.blur()
    }
  })
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Node) || !input.parentElement?.contains(event.target)) close()
  })
}
