import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { atomicWrite } from '../../lib/harness/atomic-write.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'

const test = suite<{ folder: string }>('atomicWrite')
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'reprise-write-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }))

test('atomicWrite() makes, replaces and leaves nothing else behind', ({ folder }) => {
  const path = join(folder, 'a.txt')
  atomicWrite(path, 'one')
  atomicWrite(path, 'two')
  assert.is(readFileSync(path, 'utf8'), 'two')
  assert.equal(readdirSync(folder), ['a.txt'])
})

test('atomicWrite() makes missing folders only when asked to', ({ folder }) => {
  const path = join(folder, 'x', 'y', 'a.txt')
  assert.throws(
    () => atomicWrite(path, 'one'),
    /Cannot write .*a\.txt: it must be a writable file, but there is no such directory/,
  )
  assert.equal(readdirSync(folder), [])
  atomicWrite(path, 'one', { parents: true })
  assert.is(readFileSync(path, 'utf8'), 'one')
})

test('atomicWrite() refuses a folder and a path through a file, and leaves both alone', ({ folder }) => {
  assert.throws(() => atomicWrite(folder, 'x'), /but it is a directory/)
  writeFileSync(join(folder, 'f'), 'old')
  assert.throws(() => atomicWrite(join(folder, 'f', 'g'), 'x'), /no directory/)
  assert.is(readFileSync(join(folder, 'f'), 'utf8'), 'old')
  assert.equal(readdirSync(folder), ['f'])
})

test('atomicWrite() writes to a device without replacing it', () => {
  atomicWrite('/dev/null', 'x')
  assert.ok(statSync('/dev/null').isCharacterDevice())
  assert.throws(() => atomicWrite('/dev/full', 'x'), /no space is left/)
})

test('atomicWrite() follows links, keeps the mode and leaves a read-only file alone', ({ folder }) => {
  const [real, link, secret, locked] = ['real', 'link', 'secret', 'locked'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ]
  writeFileSync(real, 'old')
  symlinkSync(real, link)
  atomicWrite(link, 'new')
  assert.ok(lstatSync(link).isSymbolicLink())
  assert.is(readFileSync(real, 'utf8'), 'new')
  writeFileSync(secret, 'old', { mode: 0o600 })
  atomicWrite(secret, 'new')
  assert.is(statSync(secret).mode & 0o777, 0o600)
  writeFileSync(locked, 'old', { mode: 0o444 })
  assert.throws(() => atomicWrite(locked, 'new'), /permission denied/)
  assert.is(readFileSync(locked, 'utf8'), 'old')
  assert.throws(() => atomicWrite('', 'new'), /Cannot write a file without a name/)
  assert.equal(readdirSync(folder).sort(), ['link', 'locked', 'real', 'secret'])
})

test('a kill at any moment leaves the old or the new text, whole', async ({ folder }) => {
  const path = join(folder, 'golden.json')
  const text = (letter: string) => `${letter.repeat(400_000)}\n`
  atomicWrite(path, text('a'))
  const module = JSON.stringify(join(PROJECT_ROOT, 'lib/harness/atomic-write.ts'))
  const program = join(folder, 'writer.ts')
  writeFileSync(
    program,
    `import { atomicWrite } from ${module}\nprocess.stdout.write('ready')\nfor (let i = 0; ; i++) atomicWrite(${JSON.stringify(path)}, (i % 2 ? 'a' : 'b').repeat(400_000) + '\\n')\n`,
  )
  for (const delay of [0, 3, 7, 11, 20]) {
    const writer = execa(process.execPath, ['--import', 'tsx', program], { cwd: PROJECT_ROOT, reject: false })
    await new Promise((resolve) => writer.stdout.once('data', resolve))
    await sleep(delay)
    writer.kill('SIGKILL')
    await writer
    const after = readFileSync(path, 'utf8')
    assert.ok(after === text('a') || after === text('b'), `torn after ${delay} ms`)
  }
})

test.run()
