import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'

/** An example of a doc comment. */
export interface Example {
  /** File from the project's root, and line of the block's first line. */
  readonly path: string
  readonly line: number
  readonly code: string
}

// At the beginning of a line, so that neither a string nor a pattern is taken for one.
const DOC_COMMENT = /^[ \t]*\/\*\*[\s\S]*?\*\//gm

/**
 * The examples in a text's doc comments.
 *
 * @throws {SyntaxError} if an `@example` is not followed by a block fenced as ts
 */
export function examplesIn(path: string, text: string): Example[] {
  return [...text.matchAll(DOC_COMMENT)].flatMap((comment) => {
    const lines = comment[0].split('\n').map((line) => line.replace(/^[ \t]*\*( |$)/, ''))
    const first = text.slice(0, comment.index).split('\n').length
    return lines.flatMap((line, index) => {
      if (line.trim() !== '@example') return []
      const end = lines.indexOf('```', index)
      if (lines[index + 1] !== '```ts' || end < 0) {
        throw new SyntaxError(`Cannot read ${path}:${first + index}: @example must be followed by a block fenced as ts`)
      }
      return [{ path, line: first + index + 2, code: lines.slice(index + 2, end).join('\n') }]
    })
  })
}

/** All examples of lib, in the order of their files. */
export function libExamples(): Example[] {
  return readdirSync(join(PROJECT_ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .flatMap((name) => examplesIn(`lib/${name}`, readFileSync(join(PROJECT_ROOT, 'lib', name), 'utf8')))
}

/**
 * An example as a module: `EXPRESSION // => VALUE`, or the value alone in the next line, becomes an assertion.
 *
 * @throws {SyntaxError} if a value follows no expression, or there is none, so that the example could not fail
 */
export function exampleModule({ path, line, code }: Example): string {
  const fail = (offset: number, what: string): never => {
    throw new SyntaxError(`Cannot run the example at ${path}:${line + offset}: ${what}`)
  }
  let assertions = 0
  const lines = code.replace(/\n\/\/ => /g, ' // => ').split('\n')
  const checked = lines.map((text, offset) => {
    const [, expression, value] = /^(.*?)\s*\/\/ => (.+)$/.exec(text) ?? []
    if (value === undefined) return text
    if (!expression || /^(const|let|import|export|[\s})])/.test(expression)) {
      fail(offset, `a value must stand behind an expression of one line, got "${text}"`)
    }
    assertions += 1
    return `assert.equal(${expression}, ${value})`
  })
  if (assertions === 0) fail(0, 'it must say what comes out (// => VALUE), got no value')
  return `import * as assert from 'uvu/assert'\n${checked.join('\n')}\n`
}
