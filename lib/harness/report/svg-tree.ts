/** An element of a drawing. */
export interface SvgElement {
  readonly tag: string
  /** Values as they stand in the text, by name; in the order they are written in. */
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly SvgNode[]
}

/** An element, or text as it stands between two tags. */
export type SvgNode = SvgElement | string

const TOKEN = /<(\/?)([\w:]+)((?: [\w:-]+="[^"]*")*) ?(\/?)>|[^<]+/g
const ATTRIBUTE = / ([\w:-]+)="([^"]*)"/g

/**
 * Reads the SVG that Vega writes: elements, attributes in double quotes and text, no comments.
 *
 * @throws {SyntaxError} if it holds anything else, or tags that do not match
 */
export function parseSvg(svg: string): SvgElement {
  type Open = { readonly tag: string; readonly attributes: Record<string, string>; readonly children: SvgNode[] }
  const root: Open = { tag: '', attributes: {}, children: [] }
  const open = [root]
  let read = 0
  for (const match of svg.matchAll(TOKEN)) {
    const [token, slash, tag, attributes = '', closed] = match
    const parent = open.at(-1) as Open
    if (match.index !== read) break
    read += token.length
    if (tag === undefined) parent.children.push(token)
    else if (slash === '/') {
      if (open.length < 2 || parent.tag !== tag)
        throw new SyntaxError(`Cannot read a drawing: </${tag}> must close one`)
      open.pop()
    } else {
      const values = [...attributes.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name, value] as const)
      const element: Open = { tag, attributes: Object.fromEntries(values), children: [] }
      parent.children.push(element)
      if (closed !== '/') open.push(element)
    }
  }
  const [first] = root.children
  if (read < svg.length || open.length > 1 || root.children.length !== 1 || typeof first !== 'object') {
    throw new SyntaxError(`Cannot read a drawing: it must be one element, got ${svg.slice(read, read + 40)}`)
  }
  return first
}

/** An element as text. */
export function svgText({ tag, attributes, children }: SvgElement): string {
  const head = Object.entries(attributes).reduce((text, [name, value]) => `${text} ${name}="${value}"`, `<${tag}`)
  if (children.length === 0) return `${head}/>`
  return `${head}>${children.map((child) => (typeof child === 'string' ? child : svgText(child))).join('')}</${tag}>`
}
