import { type Fragment, Html, html } from './html.ts'

/** Puts the remembered theme in place before anything is painted; client/theme.ts keeps it. */
const THEME = new Html(
  "<script>try{const t=localStorage.getItem('reprise-theme');if(t)document.documentElement.dataset.theme=t}catch{}</script>",
)

/** A page of the report. */
export interface Page {
  /** Where it lies, from the report's folder. */
  readonly path: string
  readonly title: string
  /** What it holds, in one line, for search engines and previews. */
  readonly description: string
  /** Pages above it: name and path. */
  readonly trail?: readonly (readonly [string, string])[]
  /** Pages before and after it. */
  readonly neighbours?: { readonly previous?: string | undefined; readonly next?: string | undefined }
  /** @param up what leads from the page to the report's folder, e.g. `../` */
  readonly body: (up: string) => Fragment
}

const NAVIGATION = [
  ['Papers', 'index.html#papers'],
  ['Experiments', 'index.html#experiments'],
  ['What survives', 'corrections.html'],
  ['Errata', 'errata.html'],
  ['Constants', 'constants.html'],
] as const

/** A page with everything around it: it needs the two files in assets/, and nothing from elsewhere. */
export function renderPage({ path, title, description, trail = [], neighbours = {}, body }: Page): string {
  const up = '../'.repeat(path.split('/').length - 1)
  const { previous, next } = neighbours
  return `<!doctype html>
${
  html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title} · Reprise</title><meta name="description" content="${description}"><meta name="color-scheme" content="light dark">
${THEME}<link rel="icon" href="${up}assets/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="${up}assets/report.css"><script src="${up}assets/report.js" defer></script>
<noscript><style>.needs-js{display:none!important}</style></noscript></head>
<body data-up="${up}"><a class="skip" href="#main">To the content</a>
<header><nav aria-label="Report"><a class="brand" href="${up}index.html">Reprise</a>${NAVIGATION.map(([name, target]) => html`<a href="${up}${target}">${name}</a>`)}</nav>
<div class="find needs-js" role="search" aria-label="Whole report"><input type="search" id="find" placeholder="Find a figure, claim or constant  /" aria-label="Find a figure, claim or constant" autocomplete="off" role="combobox" aria-expanded="false" aria-controls="found"><ul id="found" role="listbox" hidden></ul></div>
<button type="button" class="theme needs-js" aria-label="Light or dark" title="Light or dark">◐</button></header>
<main id="main">${trail.length > 0 && html`<p class="trail">${trail.map(([name, target], index) => html`${index > 0 && ' / '}<a href="${up}${target}">${name}</a>`)}</p>`}
<h1>${title}</h1>
${body(up)}
</main>
<footer>${(previous || next) && html`<p class="neighbours">${previous && html`<a rel="prev" href="${up}${previous}">← ${previous.replace('.html', '')}</a>`}${next && html`<a rel="next" href="${up}${next}">${next.replace('.html', '')} →</a>`}</p>`}
<p>Made by <code>make reproduce</code>. Keys: <kbd>/</kbd> finds, <kbd>[</kbd> and <kbd>]</kbd> turn pages, <kbd>←</kbd> <kbd>→</kbd> walk through a figure that has the focus.</p></footer>
</body></html>`.text
}
`
}
