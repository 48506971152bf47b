import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { createWasmMemory, instantiateWasm, type WasmBinary, wasmBytes } from '../../lib/numeric/mod.ts'

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')
const SOURCES = readdirSync(join(PROJECT_ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.as'))
  .map((path) => join(PROJECT_ROOT, 'lib', path))

const binaryOf = async (source: string): Promise<WasmBinary> =>
  ((await import(source.replace(/\.as$/, '.wasm.ts'))) as { binary: WasmBinary }).binary

test('every kernel module is the one its hash names, compiled from the source that lies beside it', async () => {
  assert.is(SOURCES.length, 3)
  for (const source of SOURCES) {
    const binary = await binaryOf(source)
    assert.is(sha256(wasmBytes(binary)), binary.sha256, source)
    assert.is(sha256(readFileSync(source, 'utf8')), binary.sourceSha256, `${source} is not what was compiled`)
  }
})

test('a module gets a memory of its own, at least as large as asked for, and nothing else from outside', async () => {
  for (const source of SOURCES) {
    const binary = await binaryOf(source)
    const one = instantiateWasm(binary, 100_000)
    const other = instantiateWasm(binary, 1)
    assert.is(one?.memory.byteLength, 131_072)
    assert.is(other?.memory.byteLength, 65_536)
    new Uint8Array(one?.memory ?? new ArrayBuffer(1)).fill(7)
    assert.ok(new Uint8Array(other?.memory ?? new ArrayBuffer(1)).every((byte) => byte === 0))
    const { memory, ...functions } = (one?.functions ?? {}) as Record<string, unknown>
    assert.is((memory as { buffer: ArrayBuffer }).buffer, one?.memory)
    assert.ok(Object.values(functions).length > 0)
    assert.ok(Object.values(functions).every((own) => typeof own === 'function'))
  }
})

test('modules given one memory share it', async () => {
  const memory = createWasmMemory(100_000)
  assert.is(memory.buffer.byteLength, 131_072)
  for (const source of SOURCES) {
    const instance = instantiateWasm(await binaryOf(source), memory)
    assert.is(instance?.memory, memory.buffer)
    const functions = (instance?.functions ?? {}) as { memory?: { buffer: ArrayBuffer } }
    assert.is(functions.memory?.buffer, memory.buffer)
  }
})

test('where the engine cannot run a module there is none', () => {
  const broken = { source: 'x.as', sourceSha256: '', sha256: '', base64: btoa('not a module') }
  assert.is(instantiateWasm(broken, 1), undefined)
})

test.run()
