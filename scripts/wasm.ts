#!/usr/bin/env -S npx tsx
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { atomicWrite } from '../lib/harness/atomic-write.ts'
import { EXIT, EXIT_HELP, runCommand } from '../lib/harness/command.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'

const FLAGS: Readonly<Record<string, Flag>> = {
  check: { help: 'write nothing; exit 1 where a module is not what its source compiles to' },
  help: { help: 'print this text' },
}
const COMPILER = join(PROJECT_ROOT, '.tools/assemblyscript/node_modules/assemblyscript/bin/asc.js')

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** Compiles one source to the text of its TypeScript module. */
async function compile(source: string): Promise<string> {
  const folder = join(PROJECT_ROOT, 'out/wasm')
  mkdirSync(folder, { recursive: true })
  const name = join(folder, basename(source, '.as'))
  const binary = `${name}.wasm`
  // The compiler takes only .ts, which here would be taken for TypeScript.
  copyFileSync(join(PROJECT_ROOT, source), `${name}.ts`)
  const { stderr, exitCode } = await execa(
    process.execPath,
    [
      COMPILER,
      ...[`${name}.ts`, '--outFile', binary, '--optimizeLevel', '3', '--shrinkLevel', '0'],
      ...['--runtime', 'stub', '--noAssert', '--importMemory', '--enable', 'simd', '--noColors'],
    ],
    { cwd: PROJECT_ROOT, reject: false },
  )
  if (exitCode !== 0) throw new SyntaxError(`Cannot compile ${source}: ${stderr}`)
  const bytes = readFileSync(binary)
  return `// Written by \`make wasm\` from ${basename(source)}; do not edit.
import type { WasmBinary } from '${'../'.repeat(source.split('/').length - 2)}numeric/mod.ts'

export const binary: WasmBinary = {
  source: '${basename(source)}',
  sourceSha256: '${sha256(readFileSync(join(PROJECT_ROOT, source), 'utf8'))}',
  sha256: '${sha256(bytes)}',
  base64:
    '${bytes.toString('base64')}',
}
`
}

await runCommand(async (argv) => {
  const { flags } = parseFlags(argv, FLAGS)
  if (flags['help']) {
    console.log(
      `Compiles the SIMD kernels (lib/**/*.as, AssemblyScript) to modules beside them.\n\nUsage: npx tsx scripts/wasm.ts [flags]\n\n${describeFlags(FLAGS)}

${EXIT_HELP}`,
    )
    return EXIT.good
  }
  if (!existsSync(COMPILER)) {
    throw new TypeError('Cannot compile the kernels: the compiler must be installed (make wasm does it), got none')
  }
  const sources = readdirSync(join(PROJECT_ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.as'))
    .map((path) => join('lib', path))
    .sort()
  let stale = 0
  for (const source of sources) {
    const target = source.replace(/\.as$/, '.wasm.ts')
    const path = join(PROJECT_ROOT, target)
    const text = await compile(source)
    const same = existsSync(path) && readFileSync(path, 'utf8') === text
    if (!same && !flags['check']) atomicWrite(path, text)
    if (!same) stale++
    console.log(
      `${target}: ${same ? 'as its source compiles' : flags['check'] ? 'NOT what its source compiles to' : 'written'}`,
    )
  }
  return flags['check'] && stale > 0 ? EXIT.failed : EXIT.good
})
