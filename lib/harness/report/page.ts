import type { Verdict } from '../verdict.ts'
import { type Fragment, Html, html } from './html.ts'

const STYLE = `
:root{color-scheme:light}
body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:0 auto;padding:1rem 1.2rem 4rem;color:#1d2328;background:#fff}
h1{font-size:1.5rem;margin:.6rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid #d8dee4}
a{color:#0a5ab8;text-decoration:none}a:hover{text-decoration:underline}
table{border-collapse:collapse;font-size:13px}th,td{padding:.2rem .55rem;border-bottom:1px solid #e7ebef;text-align:left;vertical-align:top}
th{background:#f5f7f9;white-space:nowrap}table.data td{white-space:nowrap}td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto;margin:.6rem 0}.v{padding:0 .45em;border-radius:3px;white-space:nowrap}
.exact{background:#c8ecd0}.within{background:#e2f3d5}.near{background:#fdf0c4}.trend{background:#fde0bd}.off{background:#f9c9c6}
.calibrated{background:#d9def7}.erratum{background:#ead6f3}.input{background:#e4e8ec}.unreachable{background:#e9e2d8}.pending{background:#f3f4f5;color:#6a737b}
.muted{color:#66707a}code{font-size:.92em}figure{margin:1rem 0;overflow-x:auto}
.why{color:#66707a;font-size:12px;max-width:36em}.nowrap{white-space:nowrap}.banner{padding:.5rem .8rem;border-radius:4px}
`

/** A page of the report; `depth` is how many folders it lies below the index. */
export function page(title: string, depth: number, body: Fragment): string {
  const home = `${'../'.repeat(depth)}index.html`
  return `<!doctype html>
${
  html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title} - Reprise</title><style>${new Html(STYLE)}</style></head><body>
<nav><a href="${home}">Reprise</a> <span class="muted">/ ${title}</span></nav>
<h1>${title}</h1>
${body}
</body></html>`.text
}
`
}

/** A verdict as a coloured word. */
export function verdictBadge(verdict: Verdict): Html {
  return html`<span class="v ${verdict}">${verdict}</span>`
}

/** A verdict with its reason below. */
export function verdictWithReason(verdict: Verdict, reason: string | null): Html {
  return html`${verdictBadge(verdict)}${reason !== null && html`<div class="why">${reason}</div>`}`
}

/** A claim's id with its statement below. */
export function claimWithStatement(id: string, statement: string): Html {
  return html`<code>${id}</code><div class="why">${statement}</div>`
}
