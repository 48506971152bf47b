// Runs the examples of lib's doc comments (`@example`, a block fenced as ts), all in this process.
//
// An example is a script as a user would save it in a folder of experiments/: it imports what it shows from
// '../../lib/<layer>/mod.ts', and says behind an expression, or in the line below it, what comes out:
//
//   headWidth(bertBase) // => 64
//
// Here it is written to out/examples/, which lies as deep, with each such line as an assertion.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { execa } from 'execa'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PROJECT_ROOT } from '../lib/harness/root.ts'
import { type Example, exampleModule, examplesIn, libExamples } from './support/examples.ts'
import { CHILD_ENV } from './support/project.ts'

const folder = join(PROJECT_ROOT, 'out/examples')
const examples = libExamples()
const fileOf = ({ path, line }: Example) => `${path.replace(/^lib\//, '').replaceAll('/', '.')}.${line}.ts`

function save(example: Example): string {
  const file = join(folder, fileOf(example))
  writeFileSync(file, exampleModule(example))
  return file
}

test.before(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
})

for (const example of examples) {
  test(`the example at ${example.path}:${example.line} gives what it says`, async () => {
    const message = await import(pathToFileURL(save(example)).href).then(
      () => '',
      (error: Error & { actual?: unknown; expects?: unknown }) =>
        'expects' in error
          ? `it must give ${JSON.stringify(error.expects)}, got ${JSON.stringify(error.actual)}`
          : error.message,
    )
    assert.is(message, '')
  })
}

test('every layer shows how it is used', () => {
  const layers = [
    ...['numeric', 'workload', 'mapping', 'hardware', 'training', 'harness'],
    ...['acceltran', 'analytical', 'edgebert', 'gemmini', 'hma', 'leopard'].map((name) => `accelerators/${name}`),
  ]
  const missing = layers.filter((layer) => !examples.some(({ path }) => path.startsWith(`lib/${layer}/`)))
  assert.equal(missing, [])
  assert.ok(examples.length >= 25)
})

test('the examples are type-correct', async () => {
  writeFileSync(
    join(folder, 'tsconfig.json'),
    '{ "extends": "../../tsconfig.json", "include": ["*.ts"], "exclude": [] }',
  )
  const { exitCode, stdout } = await execa('node_modules/.bin/tsc', ['--noEmit', '-p', folder], {
    cwd: PROJECT_ROOT,
    reject: false,
    env: CHILD_ENV,
  })
  assert.is(exitCode, 0, stdout)
})

test('an example that gives another value, says none, or is not fenced is refused', async () => {
  const at = { path: 'lib/none.ts', line: 1 }
  const wrong = save({ ...at, code: 'const one: number = 1\none + 1\n// => 3' })
  const caught = await import(pathToFileURL(wrong).href).catch((error: Error) => error)
  assert.equal([caught.actual, caught.expects], [2, 3])
  assert.throws(() => exampleModule({ ...at, code: '1 + 1' }), /lib\/none\.ts:1: it must say what comes out/)
  assert.throws(() => exampleModule({ ...at, code: 'const x = 1 // => 1' }), /must stand behind an expression/)
  assert.throws(() => examplesIn('lib/none.ts', '/**\n * @example\n * f()\n */'), /lib\/none\.ts:2: @example must be/)
  const text = "const glob = '/** not one */'\n/**\n * X.\n *\n * @example\n * ```ts\n * f() // => 1\n * ```\n */\n"
  assert.equal(examplesIn('lib/none.ts', text), [{ path: 'lib/none.ts', line: 7, code: 'f() // => 1' }])
})

test.run()
