import stringWidth from 'string-width'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { shareBar, sparkline } from '../../lib/harness/bars.ts'
import { ERROR_BAR_HEADING, errorBar } from '../../lib/harness/claim-text.ts'
import { PLAIN, paint, terminalOf } from '../../lib/harness/terminal.ts'
import { cutText, padText, textWidth, withoutControls, wrapText } from '../../lib/harness/text-width.ts'
import { OUTCOMES, VERDICTS } from '../../lib/harness/verdict.ts'
import {
  countsInLetters,
  countsInWords,
  OUTCOME_LETTER,
  occurring,
  paintOutcome,
  paintSentence,
} from '../../lib/harness/verdict-look.ts'

const TTY = { isTTY: true, columns: 100 }
const COLOUR = { colour: true, columns: null }

test('a terminal gets colour, a pipe or a file does not', () => {
  assert.equal(terminalOf(TTY, {}), { colour: true, columns: 100 })
  assert.equal(terminalOf({}, {}), PLAIN)
  assert.equal(terminalOf({ isTTY: false, columns: 100 }, {}), PLAIN)
  assert.is(terminalOf({ isTTY: true }, {}).columns, null)
  assert.is(terminalOf({ isTTY: true, columns: 0 }, {}).columns, null, 'a terminal that does not know its width')
})

test('NO_COLOR, NODE_DISABLE_COLORS and TERM=dumb forbid colour, an empty NO_COLOR does not', () => {
  const colour = (environment: Record<string, string>) => terminalOf(TTY, environment).colour
  assert.is(colour({ NO_COLOR: '1' }), false)
  assert.is(colour({ NO_COLOR: '0' }), false, 'any value that is not empty')
  assert.is(colour({ NO_COLOR: '' }), true)
  assert.is(colour({ NODE_DISABLE_COLORS: '1' }), false)
  assert.is(colour({ TERM: 'dumb' }), false)
  assert.is(colour({ TERM: 'xterm-256color' }), true)
})

test('FORCE_COLOR decides alone, as in Node.js', () => {
  for (const FORCE_COLOR of ['', '1', 'true', '2', '3']) {
    assert.is(terminalOf({}, { FORCE_COLOR, NO_COLOR: '1', TERM: 'dumb' }).colour, true, `FORCE_COLOR=${FORCE_COLOR}`)
  }
  for (const FORCE_COLOR of ['0', 'false', 'no']) {
    assert.is(terminalOf(TTY, { FORCE_COLOR }).colour, false, `FORCE_COLOR=${FORCE_COLOR}`)
  }
  assert.is(terminalOf({}, { FORCE_COLOR: '1' }).columns, null, 'and gives a pipe no width')
})

test('styles open and close again, and leave a text alone where there is no colour', () => {
  assert.is(paint('x', ['red', 'bold'], COLOUR), '\u001b[31m\u001b[1mx\u001b[39m\u001b[22m')
  assert.is(paint('x', ['red'], PLAIN), 'x')
  assert.is(paint('', ['red'], COLOUR), '')
})

test('verdicts that compare numbers differ in look, and every verdict has its own letter', () => {
  const looks = VERDICTS.map((verdict) => paintOutcome(verdict, COLOUR).split(verdict)[0])
  assert.is(new Set(looks.slice(0, VERDICTS.indexOf('input'))).size, VERDICTS.indexOf('input'))
  assert.ok(looks.every((look) => look !== ''))
  assert.is(new Set(Object.values(OUTCOME_LETTER)).size, OUTCOMES.length)
  assert.is(paintOutcome('exact', COLOUR), '\u001b[32mexact\u001b[39m')
})

test('counts name what occurs, in words or letters', () => {
  const counts = { off: 1, exact: 72, within: 0, erratum: 2 }
  assert.is(countsInWords(counts, PLAIN), '72 exact, 1 off, 2 erratum')
  assert.is(countsInLetters(counts, PLAIN), '72e 1o 2!')
  assert.equal(occurring(counts, { near: 1 }), ['exact', 'near', 'off', 'erratum'])
  assert.is(countsInLetters({ near: 3 }, COLOUR), '\u001b[33m3n\u001b[39m')
})

test('a check has the verdicts it names coloured, and no other word', () => {
  assert.is(
    paintSentence('verdict of p.off: golden exact, got off', COLOUR),
    'verdict of p.off: golden \u001b[32mexact\u001b[39m, got \u001b[31m\u001b[1moff\u001b[39m\u001b[22m',
  )
  assert.is(
    paintSentence('p/x: p.a is near (printed 1, ours 1.2) and must have a reason', COLOUR),
    'p/x: p.a is \u001b[33mnear\u001b[39m (printed 1, ours 1.2) and must have a reason',
  )
  const cells = 'as-published: t[kind=near].value: golden 1, got 2 FLOP'
  assert.is(paintSentence(cells, COLOUR), cells)
  assert.is(paintSentence('verdict of p.a: golden exact, got off', PLAIN), 'verdict of p.a: golden exact, got off')
})

test('width is counted in characters, as a terminal shows them', () => {
  assert.is(textWidth('abc'), 3)
  assert.is(textWidth('≤ 5 µs × ≥'), 10)
  assert.is(textWidth('e\u0301'), 1, 'a letter and its accent')
  assert.is(textWidth('𝛼'), 1, 'one character of two UTF-16 units')
  assert.is(textWidth('模型'), 4, 'characters of double width')
  assert.is(textWidth('！，　'), 6, 'punctuation and blanks of full width')
  assert.is(textWidth('ｶﾅ'), 2, 'half-width kana')
  assert.is(textWidth('🇩🇪👨‍👩‍👧'), 4, 'a flag and a family')
  assert.is(textWidth('a\u200bb\u00adc'), 3, 'characters that take no place')
  assert.is(textWidth(paint('≤ x', ['red', 'bold'], COLOUR)), 3)
  assert.is(textWidth(paint('模型', ['red', 'bold'], COLOUR)), 4)
  assert.is(padText('µ', 3), 'µ  ')
  assert.is(padText('𝛼', 3, true), '  𝛼')
})

test('the characters that are counted without the package are those it gives one place', () => {
  const wrong: string[] = []
  for (let code = 0x20; code < 0x3000; code += 1) {
    const character = String.fromCodePoint(code)
    // Beside a letter, so that a mark has something to sit on.
    if (textWidth(`a${character}`) !== stringWidth(`a${character}`)) wrong.push(code.toString(16))
  }
  assert.equal(wrong, [])
})

test('a text is cut and wrapped by its width, and only where there is one', () => {
  assert.is(cutText('abcdef', 6), 'abcdef')
  assert.is(cutText('abcdef', 5), 'abcd…')
  assert.is(cutText('ab cdef', 4), 'ab…')
  assert.is(cutText('模型模型', 5), '模型…')
  assert.is(cutText('a👨‍👩‍👧bc', 3), 'a…', 'a family is not torn apart')
  assert.is(cutText('a👨‍👩‍👧bc', 4), 'a👨‍👩‍👧…')
  assert.is(wrapText('one two three', 8, '  '), 'one two\n  three')
  assert.is(wrapText('one incomprehensible', 8), 'one\nincomprehensible')
  assert.is(wrapText('  one two three', 8, '    '), '  one\n    two\n    three', 'what it begins with stays')
  assert.is(wrapText('one two three', null), 'one two three')
  assert.is(withoutControls('a\n\u001b[31mb≤'), 'a [31mb≤')
})

test('an error bar points to its side, ends at 25 % and says what it cuts', () => {
  const middle = ERROR_BAR_HEADING.indexOf('|')
  assert.is(errorBar(0), '      │')
  assert.is(errorBar(0.25), '      │██████')
  assert.is(errorBar(-0.25), '██████│')
  assert.is(errorBar(0.125), '      │███')
  assert.is(errorBar(0.0625), '      │█▌')
  assert.is(errorBar(-0.0625), '    ▐█│')
  assert.is(errorBar(0.2501), '      │█████>')
  assert.is(errorBar(-3), '<█████│')
  assert.is(errorBar(null), '')
  for (const error of [-1, -0.2, -0.01, 0, 0.03, 0.2, 7]) {
    assert.is(errorBar(error).indexOf('│'), middle, String(error))
    assert.ok(textWidth(errorBar(error)) <= ERROR_BAR_HEADING.length)
  }
})

test('a sparkline goes from its lowest to its highest value', () => {
  assert.is(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), '▁▂▃▄▅▆▇█')
  assert.is(sparkline([5, -5, 0]), '█▁▅')
  assert.is(sparkline([2, 2]), '▄▄')
  assert.is(sparkline([0.1 + 0.2, 0.3]), '▄▄', 'a difference of rounding is none')
})

test('a bar of verdicts has its width, keeps the proportions and shows every verdict', () => {
  assert.is(shareBar({ exact: 3, off: 1 }, 8, PLAIN), 'eeeeeeoo')
  assert.is(shareBar({ exact: 997, within: 1, near: 1, off: 1 }, 8, PLAIN), 'eeeeewno')
  assert.is(shareBar({ exact: 1, within: 1, near: 1 }, 8, PLAIN).length, 8)
  assert.is(shareBar({ exact: 1, within: 1, near: 1 }, 2, PLAIN), 'ewn')
  assert.is(shareBar({}, 8, PLAIN), '')
  assert.is(shareBar({ exact: 1, off: 1 }, 2, COLOUR), '\u001b[32m█\u001b[39m\u001b[31m\u001b[1m█\u001b[39m\u001b[22m')
})

test.run()
