#!/usr/bin/env -S npx tsx
import process from 'node:process'
import { discoverExperiments, judgeBatch, runAll, scoreboard } from '../lib/harness/batch/mod.ts'
import { listClaims } from '../lib/harness/claim-summary.ts'
import { EXIT, runCommand } from '../lib/harness/command.ts'
import { csvText } from '../lib/harness/csv-text.ts'
import { describeFlags, type Flag, oneOf, parseFlags } from '../lib/harness/flags.ts'
import type { JudgedClaim } from '../lib/harness/judge.ts'
import { ROLES, readLedgers } from '../lib/harness/ledger.ts'
import { commandBlock } from '../lib/harness/markdown.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'
import { PLAIN, terminalOf } from '../lib/harness/terminal.ts'
import { OUTCOME_MEANING, OUTCOMES, outcomeOf } from '../lib/harness/verdict.ts'
import { paintAs } from '../lib/harness/verdict-look.ts'

const FORMATS = ['table', 'json', 'csv', 'md'] as const
const FLAGS: Readonly<Record<string, Flag>> = {
  paper: { value: 'NAME', help: 'only claims of this paper' },
  item: { value: 'TEXT', help: 'only claims of this figure, table or section ("Table 3")' },
  role: { value: ROLES.join('|'), help: 'only results, only inputs, or only what networks trained here say in kind' },
  verdict: { value: 'NAME', help: 'only claims with this verdict; those in kind hold or fail' },
  format: {
    value: FORMATS.join('|'),
    help: 'a scoreboard and, with a filter, the claims (table, the default; md), or the claims as data',
  },
  help: { help: 'print this text' },
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

/** Where a claim is printed: the ledger's text, and each place it names ("Abstract / Sec. 1 / Fig. 9"). */
function placesIn(item: string): string[] {
  return [...new Set([item, ...item.split(/\s*[,/]\s*/)])]
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
  const parts = markdown ? [`# Claims\n\n${commandBlock('scripts/claims.ts', argv)}\n`] : []
  if (claims.length === 0) return [...parts, 'No claim fits.\n'].join('\n')
  parts.push(scoreboard(claims, { markdown, terminal }))
  if (filtered) parts.push(`${markdown ? '## The claims\n\n' : ''}${listClaims(claims, { markdown, terminal })}`)
  else if (!markdown) parts.push('A filter lists the claims themselves.\n')
  return parts.join('\n')
}

await runCommand(async (argv) => {
  const { flags } = parseFlags(argv, FLAGS)
  if (flags['help']) {
    const terminal = terminalOf(process.stdout, process.env)
    const meanings = OUTCOMES.map(
      (outcome) => `  ${paintAs(outcome, outcome.padEnd(12), terminal)} ${OUTCOME_MEANING[outcome]}`,
    ).join('\n')
    console.log(
      `Judges every claim of every paper.\n\nUsage: npx tsx scripts/claims.ts [flags]\n\n${describeFlags(FLAGS)}\n\nVerdicts:\n${meanings}`,
    )
    return EXIT.good
  }
  const chosenOf = <T extends string>(flag: string, options: readonly T[]) =>
    flags[flag] === undefined ? null : oneOf({ action: 'filter claims', flag }, String(flags[flag]), options)
  const format = chosenOf('format', FORMATS) ?? 'table'
  const verdict = chosenOf('verdict', OUTCOMES)
  const role = chosenOf('role', ROLES)
  const root = PROJECT_ROOT
  // A wrong name is told before anything runs.
  const ledger = [...readLedgers(root).values()]
  const paper = chosenOf('paper', [...new Set(ledger.map((claim) => claim.paper))])
  const places = ledger.filter((claim) => paper === null || claim.paper === paper).flatMap(({ item }) => placesIn(item))
  const item = chosenOf('item', [...new Set(places)])
  const state = await judgeBatch(root, await runAll(root, discoverExperiments(root)))
  for (const { id, message } of state.broken) console.error(`broken ${id}: ${message}`)
  const chosen = state.claims.filter(
    (claim) =>
      (paper === null || claim.paper === paper) &&
      (role === null || claim.role === role) &&
      (verdict === null || outcomeOf(claim) === verdict) &&
      (item === null || placesIn(claim.item).includes(item)),
  )
  if (format === 'json')
    process.stdout.write(`[\n${chosen.map((claim) => `  ${JSON.stringify(record(claim))}`).join(',\n')}\n]\n`)
  else if (format === 'csv') process.stdout.write(csvText(FIELDS, chosen.map(record)))
  else {
    const filtered = paper !== null || role !== null || verdict !== null || item !== null
    process.stdout.write(readable(chosen, argv, { filtered, markdown: format === 'md' }))
  }
  return state.broken.length > 0 ? EXIT.broken : EXIT.good
})
