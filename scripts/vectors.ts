#!/usr/bin/env -S npx tsx
import Papa from 'papaparse'
import { EXIT, EXIT_HELP, oneLine, runCommand } from '../lib/harness/command.ts'
import { parseCsv, readTextFile } from '../lib/harness/csv.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import { alignedTable } from '../lib/harness/format.ts'
import { didYouMean } from '../lib/harness/nearest.ts'
import { acceltran } from './vectors/acceltran.ts'
import type { VectorKind, VectorResult } from './vectors/kind.ts'
import { timeloop } from './vectors/timeloop.ts'

const KINDS: Readonly<Record<string, VectorKind>> = { timeloop, acceltran }

const FLAGS: Readonly<Record<string, Flag>> = {
  differences: { help: 'print only the rows that do not agree' },
  csv: { help: 'print the rows as CSV, the summary on stderr' },
  help: { help: 'print this text' },
}

const HELP = `Checks our models against reference data that others made: one row, one evaluation.

Usage: npx tsx scripts/vectors.ts KIND FILE.csv [flags]

${describeFlags(FLAGS)}

Kinds:
${Object.entries(KINDS)
  .map(([name, kind]) => `  ${name}  ${kind.help};\n${' '.repeat(name.length + 4)}evaluated on ${kind.machine}`)
  .join('\n')}

${EXIT_HELP}`

/** A result with the line of the file it belongs to. */
type Located = VectorResult & { readonly line: number }

/** The largest deviation of each quantity and its line. */
function worst(results: readonly Located[]): string {
  const [first] = results
  return Object.keys(first?.deviations ?? {})
    .map((name) => {
      const largest = results.reduce((a, b) =>
        (b.deviations[name] as number) > (a.deviations[name] as number) ? b : a,
      )
      return `${name} off by ${(largest.deviations[name] as number).toExponential(2)} in line ${largest.line}`
    })
    .join(', ')
}

await runCommand((argv) => {
  const { flags, positionals } = parseFlags(argv, FLAGS, { positionals: 2 })
  if (flags['help']) {
    console.log(HELP)
    return EXIT.good
  }
  const [name = '', file] = positionals
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined
  if (!kind || file === undefined) {
    const names = Object.keys(KINDS)
    const got = kind ? 'no file' : name === '' ? 'nothing' : `"${name}"`
    throw new SyntaxError(
      `Cannot check vectors: the arguments must be a kind (${names.join(', ')}) and a CSV file, got ${got}${kind ? '' : didYouMean(name, names)} (see --help)`,
    )
  }
  const rows = parseCsv(file, readTextFile(file), kind.columns)
  const results: Located[] = []
  let bad = 0
  for (const row of rows) {
    try {
      results.push({ line: row.line, ...kind.evaluate(row) })
    } catch (error) {
      bad++
      console.error(`error: ${file}:${row.line}: ${oneLine(error)}`)
    }
  }
  const agreeing = results.filter((result) => result.agrees).length
  const shown = results
    .filter((result) => !(flags['differences'] && result.agrees))
    .map((result) => [String(result.line), ...result.cells, result.agrees ? 'yes' : 'NO'])
  const heads = ['line', ...kind.heads, 'agrees']
  const summary = [
    `${agreeing} of ${rows.length} rows agree (${kind.agreement})${bad > 0 ? `; ${bad} could not be evaluated` : ''}.`,
    ...(results.length > 0 ? [`Worst: ${worst(results)}.`] : []),
    `On ${kind.machine}.`,
  ].join('\n')
  if (flags['csv']) {
    console.log(Papa.unparse({ fields: heads, data: shown }, { newline: '\n' }))
    console.error(summary)
  } else {
    if (shown.length > 0) {
      const numeric = heads.map((_, column) => shown.every((cells) => /^[-+\d.e]+$/.test(cells[column] as string)))
      console.log(`${alignedTable(heads, shown, numeric)}\n`)
    }
    console.log(summary)
  }
  if (bad > 0) return EXIT.broken
  return agreeing === rows.length ? EXIT.good : EXIT.failed
})
