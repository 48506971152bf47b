/** Text that is HTML already and must not be escaped again. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** What a template may interpolate. */
export type Fragment = Html | string | number | null | undefined | false | readonly Fragment[]

function render(fragment: Fragment): string {
  if (fragment === null || fragment === undefined || fragment === false) return ''
  if (fragment instanceof Html) return fragment.text
  if (Array.isArray(fragment)) return fragment.map(render).join('')
  return String(fragment).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}

/** A template whose interpolated texts are escaped; nothing comes out for null, undefined and false. */
export function html(parts: TemplateStringsArray, ...fragments: readonly Fragment[]): Html {
  return new Html(parts.reduce((text, part, index) => text + render(fragments[index - 1]) + part))
}

const NUMBER = /^[+-]?(≤ |≥ |~ )?\d[\d.e+-]*( %)?$/

/**
 * An HTML table from a heading and rows; cells that are numbers are set to the right.
 *
 * @param kind `data` keeps every cell on one line, `prose` breaks them
 */
export function htmlTable(
  heads: readonly string[],
  rows: readonly (readonly Fragment[])[],
  kind: 'data' | 'prose' = 'prose',
): Html {
  return html`<div class="scroll"><table class="${kind}"><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>
${rows.map((row) => html`<tr>${row.map((cell) => html`<td${NUMBER.test(String(cell)) ? html` class="n"` : ''}>${cell}</td>`)}</tr>\n`)}</tbody></table></div>`
}
