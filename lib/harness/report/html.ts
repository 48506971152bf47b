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

const NUMBER = /^[+-]?(?:≤ |≥ |~ )?\d[\d.e+-]*(?: %)?$/

function cellText(cell: Fragment): string {
  return render(cell).replace(/<[^>]*>/g, '')
}

/** Whether a column holds numbers and dashes alone, perhaps inside links. */
function isNumeric(rows: readonly (readonly Fragment[])[], column: number): boolean {
  const texts = rows.map((row) => cellText(row[column])).filter((text) => text !== '' && text !== '-')
  return texts.length > 0 && texts.every((text) => NUMBER.test(text))
}

/** How a table is set, and how its rows are filtered. */
export interface TableOptions {
  /** What the table is, for those who cannot see where it stands. */
  readonly label: string
  /** `data` keeps every cell on one line, `prose` breaks them, `claims` all but the values. @default 'prose' */
  readonly kind?: 'data' | 'prose' | 'claims'
  /** Widths of the columns in percent: a long table whose widths hang on its contents moves while it loads. */
  readonly widths?: readonly number[]
  /** Id, for the filter that works on it. */
  readonly id?: string
  /** Ids of the rows, for links to them. */
  readonly rowIds?: readonly string[]
  /** What a filter knows of each row besides its text; several values of one facet are kept apart by `|`. */
  readonly facets?: readonly Readonly<Record<string, string>>[]
}

/**
 * An HTML table from a heading and rows; columns of numbers are set to the right. It scrolls where it is too wide. Cells
 * and rows go without end tags, which HTML asks for nowhere, and which were a tenth of the pages.
 */
export function htmlTable(
  heads: readonly Fragment[],
  rows: readonly (readonly Fragment[])[],
  { label, kind = 'prose', widths, id, rowIds, facets }: TableOptions,
): Html {
  const attributes = (index: number) =>
    Object.entries(facets?.[index] ?? {}).map(([name, value]) => html` data-${name}="${value}"`)
  const right = heads.map((_, column) => isNumeric(rows, column))
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="${kind}${widths && ' fixed'}"${id !== undefined && html` id="${id}"`}>${widths && html`<colgroup>${widths.map((width) => html`<col style="width:${width}%">`)}</colgroup>`}<thead><tr>${heads.map((head, column) => html`<th scope="col"${right[column] && html` class="n"`}>${head}`)}<tbody>
${rows.map((row, index) => html`<tr${rowIds && html` id="${rowIds[index]}"`}${attributes(index)}>${row.map((cell, column) => html`<td${right[column] && html` class="n"`}>${cell}`)}\n`)}</table></div>`
}

/** A choice of one facet's values. */
export interface FilterChoice {
  readonly facet: string
  readonly label: string
  readonly values: readonly string[]
}

/** Fields that narrow a table down: free text, and one list for each facet. */
export function tableFilter(
  table: string,
  total: number,
  { placeholder, choices = [] }: { readonly placeholder: string; readonly choices?: readonly FilterChoice[] },
): Html {
  return html`<form class="filter needs-js" data-table="${table}" role="search" aria-label="${placeholder}"><input type="search" name="q" placeholder="${placeholder}" aria-label="${placeholder}" autocomplete="off">${choices.map(
    ({ facet, label, values }) =>
      html`<select name="${facet}" aria-label="${label}"><option value="">${label}: all</option>${values.map((value) => html`<option>${value}</option>`)}</select>`,
  )}<output aria-live="polite">${total} of ${total}</output></form>`
}
