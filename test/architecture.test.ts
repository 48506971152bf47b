import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PROJECT_ROOT } from '../lib/harness/root.ts'

/** Layers of lib and what each may import besides itself. The harness knows no model, no model knows the harness. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  numeric: [],
  workload: ['numeric'],
  mapping: ['numeric', 'workload'],
  hardware: ['numeric'],
  training: ['numeric', 'workload'],
  accelerators: ['numeric', 'workload', 'mapping', 'hardware'],
  harness: ['numeric'],
}

function files(folder: string): string[] {
  return readdirSync(join(PROJECT_ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
    .map((entry) => relative(PROJECT_ROOT, join(entry.parentPath, entry.name)))
    .sort()
}

/** Imports among our own files, type-only ones included. */
const graph = new Map<string, string[]>()
test.before(async () => {
  // A regular expression is enough: imports are explicit and carry their extension (checked below).
  for (const path of [...files('lib'), ...files('experiments'), ...files('scripts')]) {
    // Examples in doc comments import from anywhere, as a user would.
    const text = readFileSync(join(PROJECT_ROOT, path), 'utf8').replace(/^[ \t]*\/\*\*[\s\S]*?\*\//gm, '')
    const targets = [...text.matchAll(/(?:from|import\(|import)\s*'(\.{1,2}\/[^']+)'/g)].map((match) =>
      relative(PROJECT_ROOT, join(PROJECT_ROOT, path, '..', match[1] as string)),
    )
    graph.set(path, targets)
  }
})

const layerOf = (path: string) => /^lib\/([^/]+)\//.exec(path)?.[1]

test('every relative import names a file that exists, with its extension', () => {
  for (const [path, targets] of graph) {
    for (const target of targets) assert.ok(graph.has(target), `${path} imports ${target}`)
  }
})

test('the layers of lib import each other in one direction only', () => {
  for (const [path, targets] of graph) {
    const layer = layerOf(path)
    if (!layer) continue
    assert.ok(ALLOWED[layer], `${path} is in no known layer`)
    for (const target of targets) {
      const other = layerOf(target)
      assert.ok(other, `${path} in lib must not import ${target}`)
      assert.ok(
        other === layer || ALLOWED[layer]?.includes(other ?? ''),
        `${path} (${layer}) must not import ${target}`,
      )
    }
  }
})

test('one layer sees another, and an experiment sees lib, through mod.ts alone', () => {
  for (const [path, targets] of graph) {
    if (path.startsWith('scripts/')) continue
    for (const target of targets) {
      const foreign = layerOf(target) !== undefined && layerOf(target) !== layerOf(path)
      if (foreign) assert.match(target, /\/mod\.ts$/, `${path} imports ${target}`)
    }
  }
})

test('no module imports itself by a detour', () => {
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]) => {
    assert.not.ok(trail.includes(path), `cycle: ${[...trail, path].join(' -> ')}`)
    if (done.has(path)) return
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
})

test('no model and no experiment touches files, processes, clocks or golden/', () => {
  for (const path of [...files('lib').filter((p) => layerOf(p) !== 'harness'), ...files('experiments')]) {
    const text = readFileSync(join(PROJECT_ROOT, path), 'utf8')
    assert.not.match(
      text,
      // Hashing is as pure as arithmetic.
      /from 'node:(?!crypto')|\bgolden\b|\bprocess\.|\bfetch\(|Date\.now|new Date|performance\.|createRequire|\bimport\(|toLocale|\bIntl\.|globalThis/,
      path,
    )
  }
})

test("models and experiments use no unseeded randomness, no clock and no power whose last bit is the engine's", () => {
  for (const path of [...files('lib').filter((p) => layerOf(p) !== 'harness'), ...files('experiments')]) {
    const code = readFileSync(join(PROJECT_ROOT, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    assert.not.match(code, /Math\.random|Math\.pow|Date\.now|new Date\(/, path)
    if (path.startsWith('lib/')) assert.not.match(code, /\w\s*\*\*\s*\w/, path)
  }
})

test('no printed result of a paper stands in lib', () => {
  // Printed results with at least four significant digits; shorter numbers also occur for other reasons.
  const lib = files('lib').map((path) => [path, readFileSync(join(PROJECT_ROOT, path), 'utf8')] as const)
  const printed = new Set<string>()
  for (const name of readdirSync(join(PROJECT_ROOT, 'golden/papers')).filter((file) => file.endsWith('.csv'))) {
    const ledger = readFileSync(join(PROJECT_ROOT, 'golden/papers', name), 'utf8')
    for (const match of ledger.matchAll(/,(\d+\.\d+),,,\w+,.*,result,/g)) {
      if ((match[1] as string).replace(/\D/g, '').replace(/^0+/, '').length >= 4) printed.add(match[1] as string)
    }
  }
  assert.ok(printed.size > 150, `only ${printed.size} printed results found`)
  for (const [path, text] of lib) {
    for (const number of text.match(/(?<![\w.])\d+\.\d+(?![\w.])/g) ?? [])
      assert.not.ok(printed.has(number), `${path} holds ${number}`)
  }
})

test('files stay small: a median of at most 4 kB, none above 12 kB', () => {
  const sizes = files('lib')
    .map((path) => [readFileSync(join(PROJECT_ROOT, path)).length, path] as const)
    .sort((a, b) => a[0] - b[0])
  assert.ok((sizes[sizes.length >> 1]?.[0] ?? 0) <= 4096)
  const [largest, path] = sizes.at(-1) ?? [0, '']
  assert.ok(largest <= 12 * 1024, `${path} has ${largest} bytes`)
})

test('the top level holds what the design names and nothing else', () => {
  const allowed = [
    'experiments',
    'lib',
    'golden',
    'scripts',
    'test',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'Makefile',
  ]
  const beside = ['README.md', 'LICENSE', 'CITATION.cff', 'node_modules', 'out']
  // Made by `make artifact`: they are there only where its archive was unpacked.
  const unpacked = ['ARTIFACT.md', 'SHA256SUMS']
  const extra = readdirSync(PROJECT_ROOT).filter(
    (name) => !name.startsWith('.') && ![...allowed, ...beside, ...unpacked].includes(name),
  )
  assert.equal(extra, [])
})

test.run()
