#!/usr/bin/env -S npx tsx
import process from 'node:process'
import { type CatalogueEntry, mentions, readCatalogue } from '../lib/harness/batch/catalogue.ts'
import { catalogueCsv, catalogueJson, catalogueMarkdown, catalogueText } from '../lib/harness/batch/catalogue-table.ts'
import { discoverExperiments, selectExperiments } from '../lib/harness/batch/discover.ts'
import { EXIT, runCommand } from '../lib/harness/command.ts'
import { describeFlags, type Flag, oneOf, parseFlags } from '../lib/harness/flags.ts'
import { listLedgers } from '../lib/harness/ledger.ts'
import { commandBlock } from '../lib/harness/markdown.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'
import { terminalOf } from '../lib/harness/terminal.ts'

const FORMATS = ['table', 'json', 'csv', 'md'] as const
const FLAGS: Readonly<Record<string, Flag>> = {
  paper: { value: 'NAME', help: 'only experiments of this paper, by the name of its ledger' },
  grep: { value: 'TEXT', help: 'only those with this text in id, item, title, a parameter or a claim id' },
  format: { value: FORMATS.join('|'), help: 'output format (default table)' },
  help: { help: 'print this text' },
}
const USAGE = `Lists the experiments. Nothing is run: times are those of the last runs of reproduce, the numbers of claims by
verdict those that were last accepted ("-" where there are none).

Usage: npx tsx scripts/list.ts [flags] [id ...]

An id may be the beginning of one, as in "gemmini" or "survey/fig".

${describeFlags(FLAGS)}

Exit code: 0 all good, 1 nothing fits, 2 the input or an experiment is broken.`

/** The whole answer in a format. */
function format(name: (typeof FORMATS)[number], entries: readonly CatalogueEntry[], argv: readonly string[]): string {
  if (name === 'json') return catalogueJson(entries)
  if (name === 'csv') return catalogueCsv(entries)
  if (name === 'md') {
    return `# Experiments\n\n${commandBlock('scripts/list.ts', argv)}\n\n${entries.length > 0 ? catalogueMarkdown(entries) : 'None fits.\n'}`
  }
  return entries.length > 0 ? catalogueText(entries, terminalOf(process.stdout, process.env)) : ''
}

/**
 * The ledger that --paper names.
 *
 * @throws {RangeError} naming the ledgers; a paper may have experiments in several folders, whose names are none
 */
function paperOf(name: string, ids: readonly string[]): string {
  const ledgers = listLedgers(PROJECT_ROOT)
  if (!ledgers.includes(name) && ids.some((id) => id.startsWith(`${name}/`))) {
    throw new RangeError(
      `Cannot list: --paper must be one of ${ledgers.join(', ')}, got "${name}", a folder; name it without --paper`,
    )
  }
  return oneOf({ action: 'list', flag: 'paper' }, name, ledgers)
}

await runCommand(async (argv) => {
  const { flags, positionals } = parseFlags(argv, FLAGS, { positionals: Number.POSITIVE_INFINITY })
  if (flags['help']) {
    console.log(USAGE)
    return EXIT.good
  }
  const text = (flag: string) => (flags[flag] === undefined ? undefined : String(flags[flag]))
  const chosen = oneOf({ action: 'list', flag: 'format' }, text('format') ?? 'table', FORMATS)
  const all = discoverExperiments(PROJECT_ROOT)
  const paper = text('paper') === undefined ? undefined : paperOf(text('paper') as string, all)
  const grep = text('grep')
  const ids = selectExperiments(all, positionals)
  const { entries, broken } = await readCatalogue(PROJECT_ROOT, ids)
  const fitting = entries.filter(
    (entry) => (paper === undefined || entry.paper === paper) && (grep === undefined || mentions(entry, grep)),
  )
  process.stdout.write(format(chosen, fitting, argv))
  for (const { id, message } of broken) console.error(`broken ${id}: ${message}`)
  if (broken.length > 0) return EXIT.broken
  if (fitting.length > 0) return EXIT.good
  const filters = [
    ...(paper === undefined ? [] : [`is of paper ${paper}`]),
    ...(grep === undefined ? [] : [`mentions "${grep}"`]),
  ]
  console.error(`No experiment fits: of ${ids.length}, none ${filters.join(' and ')}`)
  return EXIT.failed
})
