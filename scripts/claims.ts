#!/usr/bin/env -S npx tsx
import process from 'node:process'
import Papa from 'papaparse'
import { discoverExperiments, judgeBatch, runAll, scoreboard } from '../lib/harness/batch/mod.ts'
import { listClaims } from '../lib/harness/claim-summary.ts'
import { EXIT, runCommand } from '../lib/harness/command.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import type { JudgedClaim } from '../lib/harness/judge.ts'
import * as writer from '../lib/harness/markdown.ts'
import { didYouMean } from '../lib/harness/nearest.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'
import { PLAIN, terminalOf } from '../lib/harness/terminal.ts'
import { VERDICT_MEANING, VERDICTS } from '../lib/harness/verdict.ts'
import { paintAs } from '../lib/harness/verdict-look.ts'

const FORMATS = ['table', 'json', 'csv', 'md']
const FLAGS: Readonly<Record<string, Flag>> = {
  paper: { value: 'NAME', help: 'only claims of this paper' },
  item: { value: 'TEXT', help: 'only claims of this figure, table or section ("Table 3")' },
  verdict: { value: 'NAME', help: 'only claims with this verdict' },
  format: {
    value: FORMATS.join('|'),
    help: 'a scoreboard and, with a filter, the claims (table, the default; md), or the claims as data',
  },
  help: { help: 'print this text' },
}

/** Options named in an error; more would hide the point. */
const MAX_OPTIONS = 12

function oneOf(flag: string, value: string, options: readonly string[]): string {
  const found = options.find((option) => option.toLowerCase() === value.toLowerCase())
  if (found !== undefined) return found
  const list = options.length > MAX_OPTIONS ? `one of ${options.length}` : `one of ${options.join(', ')}`
  throw new RangeError(`Cannot filter claims: --${flag} must be ${list}, got "${value}"${didYouMean(value, options)}`)
}

/** What others script against; `value` is the printed text, whose digits count. */
const FIELDS = [
  'id',
  'paper',
  'item',
  'role',
  'how',
  'bound',
  'value',
  'lo',
  'hi',
  'unit',
  'predicted',
  'relativeError',
  'verdict',
  'experiment',
  'reason',
  'repeats',
  'statement',
] as const satisfies readonly (keyof JudgedClaim)[]

function record(claim: JudgedClaim): Record<string, unknown> {
  return Object.fromEntries(FIELDS.map((field) => [field, claim[field]]))
}

/** The claims chosen, for reading: a scoreboard and, with a filter, the claims themselves. */
function readable(
  claims: readonly JudgedClaim[],
  argv: readonly string[],
  options: {
    readonly filtered: boolean
    readonly markdown: boolean
  },
): string {
  const { filtered, markdown } = options
  const terminal = markdown ? PLAIN : terminalOf(process.stdout, process.env)
  const parts = markdown ? [`# Claims\n\n${writer.commandBlock('scripts/claims.ts', argv)}\n`] : []
  if (claims.length === 0) return [...parts, 'No claim fits.\n'].join('\n')
  parts.push(scoreboard(claims, { markdown, terminal }))
  if (filtered)
    parts.push(
      `${markdown ? '## The claims\n\n' : ''}${listClaims(claims, { markdown: markdown ? writer : null, terminal })}`,
    )
  else if (!markdown) parts.push('A filter lists the claims themselves.\n')
  return parts.join('\n')
}

await runCommand(async (argv) => {
  const { flags } = parseFlags(argv, FLAGS)
  if (flags['help']) {
    const terminal = terminalOf(process.stdout, process.env)
    const meanings = VERDICTS.map(
      (verdict) => `  ${paintAs(verdict, verdict.padEnd(12), terminal)} ${VERDICT_MEANING[verdict]}`,
    ).join('\n')
    console.log(
      `Judges every claim of every paper.\n\nUsage: npx tsx scripts/claims.ts [flags]\n\n${describeFlags(FLAGS)}\n\nVerdicts:\n${meanings}`,
    )
    return EXIT.good
  }
  const format = oneOf('format', String(flags['format'] ?? 'table'), FORMATS)
  const root = PROJECT_ROOT
  const state = await judgeBatch(root, await runAll(root, discoverExperiments(root)))
  for (const { id, message } of state.broken) console.error(`broken ${id}: ${message}`)
  const papers = [...new Set(state.claims.map((claim) => claim.paper))]
  const paper = flags['paper'] === undefined ? null : oneOf('paper', String(flags['paper']), papers)
  const verdict = flags['verdict'] === undefined ? null : oneOf('verdict', String(flags['verdict']), VERDICTS)
  const items = [
    ...new Set(state.claims.filter((claim) => paper === null || claim.paper === paper).map((claim) => claim.item)),
  ]
  const item = flags['item'] === undefined ? null : oneOf('item', String(flags['item']), items)
  const chosen = state.claims.filter(
    (claim) =>
      (paper === null || claim.paper === paper) &&
      (verdict === null || claim.verdict === verdict) &&
      (item === null || claim.item === item),
  )
  if (format === 'json')
    process.stdout.write(`[\n${chosen.map((claim) => `  ${JSON.stringify(record(claim))}`).join(',\n')}\n]\n`)
  else if (format === 'csv') process.stdout.write(`${Papa.unparse(chosen.map(record), { newline: '\n' })}\n`)
  else {
    const filtered = paper !== null || verdict !== null || item !== null
    process.stdout.write(readable(chosen, argv, { filtered, markdown: format === 'md' }))
  }
  return state.broken.length > 0 ? EXIT.broken : EXIT.good
})
