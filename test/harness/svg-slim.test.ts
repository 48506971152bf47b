import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { slimSvg } from '../../lib/harness/report/svg-slim.ts'
import { parseSvg, svgText } from '../../lib/harness/report/svg-tree.ts'

const slim = (inner: string) => slimSvg(parseSvg(`<svg>${inner}</svg>`)).replace(/^<svg>|<\/svg>$/g, '')

test('a drawing is read and written as it stands; what is no drawing is refused', () => {
  const svg = '<svg viewBox="0 0 1 1"><g fill="a"><text x="1">5 &lt; <tspan>6</tspan></text><path d=""/></g></svg>'
  assert.is(svgText(parseSvg(svg)), svg)
  for (const wrong of ['', 'text', '<svg>', '<svg></g></svg>', '<svg/><svg/>', '<svg><!-- x --></svg>', "<svg a='1'/>"])
    assert.throws(() => parseSvg(wrong), /^Cannot read a drawing: /, wrong)
})

test('groups say once what their children share, and groups that say nothing go', () => {
  assert.is(
    slim('<g><g transform="translate(1,2)"><text fill="#000" x="1">a</text><text fill="#000" x="2">b</text></g></g>'),
    '<g transform="translate(1,2)" fill="#000"><text x="1">a</text><text x="2">b</text></g>',
  )
  assert.is(
    slim('<g><rect fill="a"/><rect fill="b"/><rect fill="b"/></g>'),
    '<g fill="b"><rect fill="a"/><rect/><rect/></g>',
    'what most say',
  )
  assert.is(slim('<g fill="none"><rect fill="a"/><rect/></g>'), '<g fill="none"><rect fill="a"/><rect/></g>')
  assert.is(slim('<g><rect opacity="0.5"/><rect opacity="0.5"/></g>'), '<rect opacity="0.5"/><rect opacity="0.5"/>')
  assert.is(slim('<g><g></g><rect/></g>'), '<rect/>')
})

test('circles and plain lines take their short forms; marks keep their labels', () => {
  const circle = 'd="M1.5,0A1.5,1.5,0,1,1,-1.5,0A1.5,1.5,0,1,1,1.5,0"'
  assert.is(
    slim(`<path data-tip="x: 1" transform="translate(4,-2.5)" ${circle} stroke="a"/>`),
    '<circle data-tip="x: 1" stroke="a" cx="4" cy="-2.5" r="1.5"/>',
  )
  const turned = `<path transform="translate(4,2) rotate(90)" ${circle}/>`
  assert.is(slim(turned), turned)
  const line = (x: number, more = 'stroke="a"') => `<line transform="translate(${x},0)" x2="0" y2="9.5" ${more}/>`
  assert.is(
    slim(`${line(1)}${line(0.1)}${line(3, 'stroke="b"')}`),
    '<path d="M1,0V9.5M0.1,0V9.5" stroke="a"/><path d="M3,0V9.5" stroke="b"/>',
  )
  assert.is(
    slim('<line transform="translate(0.1,0.2)" x2="5" y2="0"/><line x2="1" y2="0.1"/>'),
    '<path d="M0.1,0.2H5.1M0,0L1,0.1"/>',
  )
  for (const more of ['stroke="a" stroke-dasharray="4"', 'stroke="a" stroke-opacity="0.5"', 'data-tip="t"'])
    assert.is(slim(line(1, more)), line(1, more))
})

/** The unit steps between lattice points that a path of straight level and upright lines runs along, in order. */
function steps(d: string): string[] {
  let [x, y] = [0, 0]
  return [...d.matchAll(/([MLHV])(-?\d+)(?:,(-?\d+))?/g)].flatMap(([, command, first, second]) => {
    const [from, to] = [
      [x, y],
      [command === 'V' ? x : Number(first), command === 'V' ? Number(first) : command === 'H' ? y : Number(second)],
    ] as const
    ;[x, y] = to
    const length = Math.abs(to[0] - from[0]) + Math.abs(to[1] - from[1])
    if (command === 'M') return [`to ${to}`]
    const [dx, dy] = [Math.sign(to[0] - from[0]), Math.sign(to[1] - from[1])]
    return Array.from({ length }, (_, i) => `${from[0] + i * dx},${from[1] + i * dy} by ${dx},${dy}`)
  })
}

test('a path of level and upright lines runs along the same steps in fewer letters', () => {
  const coordinate = fc.integer({ min: -3, max: 3 })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), coordinate, fc.constantFrom('L', 'L', 'L', 'M')), {
        minLength: 1,
        maxLength: 30,
      }),
      (moves) => {
        let [x, y] = [0, 0]
        const d = moves.reduce((path, [level, to, command]) => {
          if (level) x = to
          else y = to
          return `${path}${command}${x},${y}`
        }, 'M0,0')
        const short = /d="([^"]*)"/.exec(slim(`<path d="${d}"/>`))?.[1] ?? ''
        assert.equal(steps(short), steps(d))
        assert.ok(short.length <= d.length)
      },
    ),
  )
  assert.is(slim('<path d="M0,0L1,0L1,0L2,0L2,3L4,5Z"/>'), '<path d="M0,0H2V3L4,5Z"/>')
  const curve = '<path d="M0,0C1,1,2,2,3,3L4,4L5,5"/>'
  assert.is(slim(curve), curve)
})

test.run()
