import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The files that all pages share: style, icon, and the script of the browser. */
export async function assets(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [at('client/report.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
  })
  return new Map([
    ['assets/report.css', readFileSync(at('client/report.css'), 'utf8')],
    ['assets/icon.svg', readFileSync(at('client/icon.svg'), 'utf8')],
    ['assets/report.js', outputFiles[0]?.text ?? ''],
  ])
}
