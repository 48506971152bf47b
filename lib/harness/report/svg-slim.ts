import { type SvgElement, type SvgNode, svgText } from './svg-tree.ts'

/** What an element takes over from the group around it unless it says otherwise. */
const INHERITED = [
  'fill',
  'fill-opacity',
  'font-size',
  'font-style',
  'font-weight',
  'stroke',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-opacity',
  'stroke-width',
  'text-anchor',
]

const SHIFT = /^translate\((-?[\d.]+),(-?[\d.]+)\)$/
const CIRCLE = /^M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0Z?$/
const POLYLINE = /^(?:[ML]-?[\d.]+,-?[\d.]+)+Z?$/

/** Where an element is shifted to; null where it is turned or scaled, too. */
function shiftOf({ attributes: { transform } }: SvgElement): [x: number, y: number] | null {
  if (transform === undefined) return [0, 0]
  const [, x, y] = SHIFT.exec(transform) ?? []
  return x === undefined || y === undefined ? null : [Number(x), Number(y)]
}

/** Sums of rounded coordinates, without the noise of their addition. */
function digits(value: number): string {
  return String(Number(value.toFixed(3)))
}

/**
 * A path of straight lines without points that are drawn twice or lie within a level or upright line, such lines by
 * their one coordinate.
 */
function shortPath(d: string): string {
  if (!POLYLINE.test(d)) return d
  type Point = { readonly move: boolean; readonly x: string; readonly y: string }
  const kept: Point[] = []
  for (const [, command, x = '', y = ''] of d.matchAll(/([ML])(-?[\d.]+),(-?[\d.]+)/g)) {
    const point = { move: command === 'M', x, y }
    const [before, last] = [kept.at(-2), kept.at(-1)]
    if (!point.move && last && last.x === x && last.y === y && !last.move) continue
    if (!point.move && last && before && !last.move && between(before, last, point)) kept.pop()
    kept.push(point)
  }
  const text = kept.map(({ move, x, y }, index) => {
    const last = kept[index - 1]
    if (move || !last) return `M${x},${y}`
    return last.y === y ? `H${x}` : last.x === x ? `V${y}` : `L${x},${y}`
  })
  return `${text.join('')}${d.endsWith('Z') ? 'Z' : ''}`
}

type XY = { readonly x: string; readonly y: string }

/** Whether a point lies on a level or upright line on the way to another. */
function between(from: XY, at: XY, to: XY): boolean {
  const level = from.y === at.y && at.y === to.y && (Number(at.x) - Number(from.x)) * (Number(to.x) - Number(at.x)) >= 0
  return (
    level || (from.x === at.x && at.x === to.x && (Number(at.y) - Number(from.y)) * (Number(to.y) - Number(at.y)) >= 0)
  )
}

/** A single shape in the shortest form that draws the same. */
function shortShape(element: SvgElement): SvgElement {
  const { transform: _, d = '', ...others } = element.attributes
  if (element.tag !== 'path') return element
  const [, r] = CIRCLE.exec(d) ?? []
  const shift = shiftOf(element)
  if (r === undefined || shift === null) {
    return { ...element, attributes: { ...element.attributes, d: shortPath(d) } }
  }
  const [cx, cy] = shift
  return { ...element, tag: 'circle', attributes: { ...others, cx: String(cx), cy: String(cy), r } }
}

/** A line as a path; null where it is none, or has more to it than its colour and width. */
function lineAsPath(node: SvgNode): SvgElement | null {
  if (typeof node === 'string' || node.tag !== 'line') return null
  const { transform: _, x2 = '0', y2 = '0', ...look } = node.attributes
  const shift = shiftOf(node)
  // Semi-transparent lines that cross are darker there, dashes of a path may run on.
  const plain = Object.keys(look).every((name) => name === 'stroke' || name === 'stroke-width')
  if (shift === null || !plain) return null
  const [x, y] = shift
  const to = x2 === '0' ? `V${digits(y + Number(y2))}` : `L${digits(x + Number(x2))},${digits(y + Number(y2))}`
  const d = `M${x},${y}${y2 === '0' ? `H${digits(x + Number(x2))}` : to}`
  return { tag: 'path', attributes: { d, ...look }, children: [] }
}

/** Neighbours that are plain lines of one look as one path. */
function joinLines(children: readonly SvgNode[]): SvgNode[] {
  const joined: SvgNode[] = []
  const lines = new Set<SvgNode>()
  for (const child of children) {
    const path = lineAsPath(child)
    const last = joined.at(-1)
    if (path && typeof last === 'object' && lines.has(last) && lookOf(last) === lookOf(path)) {
      const attributes = { ...path.attributes, d: `${last.attributes['d']}${path.attributes['d']}` }
      joined.pop()
      joined.push({ ...path, attributes })
    } else joined.push(path ?? child)
    if (path) lines.add(joined.at(-1) as SvgNode)
  }
  return joined
}

function lookOf({ attributes }: SvgElement): string {
  return `${attributes['stroke']} ${attributes['stroke-width']}`
}

/** What most of some elements say of their look, where each says something and two at least the same. */
function commonLook(elements: readonly SvgElement[], name: string): string | undefined {
  const counts = new Map<string, number>()
  for (const { attributes } of elements) {
    const value = attributes[name]
    if (value === undefined) return undefined
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1])
  return most && most[1] > 1 ? most[0] : undefined
}

/** A group that says what most of its children say, where all of them say something. */
function shareLook(group: SvgElement): SvgElement {
  const elements = group.children.filter((child) => typeof child === 'object')
  if (elements.length < group.children.length) return group
  const shared = new Map(
    INHERITED.flatMap((name) => {
      const value = commonLook(elements, name)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
  const children = elements.map((child) => ({
    ...child,
    attributes: Object.fromEntries(
      Object.entries(child.attributes).filter(([name, value]) => shared.get(name) !== value),
    ),
  }))
  return { ...group, attributes: { ...group.attributes, ...Object.fromEntries(shared) }, children }
}

/** An element's children, and theirs, in their shortest form. */
function slimChildren(element: SvgElement): SvgNode[] {
  const slimmed = element.children.flatMap((child): readonly SvgNode[] => {
    if (typeof child === 'string') return [child]
    if (child.tag !== 'g') return [shortShape(child)]
    const group = shareLook({ ...child, children: slimChildren(child) })
    if (group.children.length === 0) return []
    return Object.keys(group.attributes).length === 0 ? group.children : [group]
  })
  return joinLines(slimmed)
}

/**
 * A drawing as text in fewer bytes: circles, grid lines and steps in their short forms, what children share said once by
 * their group, no empty groups. It looks the same, and its marks keep their labels and their order.
 */
export function slimSvg(drawing: SvgElement): string {
  return svgText({ ...drawing, children: slimChildren(drawing) })
}
