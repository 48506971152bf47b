import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PROJECT_ROOT } from '../lib/harness/root.ts'

const folder = join(PROJECT_ROOT, 'test')
const testFiles = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.test.ts'))

test('every test file runs its tests, last of all', () => {
  assert.ok(testFiles.length >= 15)
  for (const path of testFiles) {
    const text = readFileSync(join(folder, path), 'utf8')
    assert.match(text, /^import \{ (test|suite) \} from 'uvu'$/m, path)
    assert.is(text.trimEnd().split('\n').at(-1), 'test.run()', `${path} must end in test.run()`)
  }
})

test('no test is skipped or runs alone', () => {
  for (const path of testFiles)
    assert.not.match(readFileSync(join(folder, path), 'utf8'), /\btest\.(skip|only)\(/, path)
})

test('every test makes an assertion', () => {
  for (const path of testFiles) {
    const bodies = readFileSync(join(folder, path), 'utf8')
      .split(/^ *test\(/m)
      .slice(1)
    // Also a helper that is named for what it asserts.
    for (const body of bodies) assert.match(body, /\bassert(\.|[A-Z])/, `${path}: ${body.slice(0, 60)}`)
  }
})

test.run()
