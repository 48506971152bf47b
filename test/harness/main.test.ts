import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { stripVTControlCharacters } from 'node:util'
import { execa } from 'execa'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fig32Script from '../../experiments/survey/fig32-latency.ts'
import table02Script from '../../experiments/survey/table02-matmul-shapes.ts'
import table03Script from '../../experiments/survey/table03-bert-base.ts'
import { type AnyExperiment, anyExperiment } from '../../lib/harness/experiment.ts'
import { helpText } from '../../lib/harness/help.ts'
import { runScript } from '../../lib/harness/main.ts'
import { formatRun } from '../../lib/harness/output.ts'
import { readRequest, SCRIPT_FLAGS } from '../../lib/harness/request.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { sweepShape } from '../../lib/harness/sweep-shape.ts'
import { tables } from '../../lib/harness/table.ts'
import { copyProject, run } from '../support/project.ts'

const fig32 = anyExperiment(fig32Script)
const table02 = anyExperiment(table02Script)
const table03 = anyExperiment(table03Script)
const SCRIPT = 'experiments/survey/table03-bert-base.ts'

// What a person sees who runs the tests in a terminal must not decide whether they pass.
Object.defineProperty(process.stdout, 'isTTY', { value: false })
delete process.env['FORCE_COLOR']

/** Runs a script's command line in this process, catching what it prints. */
async function script(exp: AnyExperiment, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const { write } = process.stdout
  const { error } = console
  let out = ''
  let err = ''
  process.stdout.write = ((text: string) => {
    out += text
    return true
  }) as typeof write
  console.error = (text: string) => {
    err += `${text}\n`
  }
  try {
    return { code: await runScript(exp, argv), out, err }
  } finally {
    process.stdout.write = write
    console.error = error
  }
}

test('every bad flag and value gives one clear line, exit code 2 and no output', async () => {
  const bad: [string[], RegExp][] = [
    [['--set', 'layres=3'], /no such parameter; did you mean "layers"\?/],
    [['--set', 'layers=-1'], /it must be an integer from 1 \(layer\), got "-1"/],
    [['--set', 'hidden=1000'], /Cannot split hidden=1000 over heads=12/],
    [['--set', 'layers=2', '--set', 'layers=3'], /it must be set once/],
    [['--set', 'layers=2', '--sweep', 'layers=3'], /set or swept once/],
    [['--sweep', 'layers='], /without empty items/],
    [['--variant', 'corected'], /did you mean "corrected"\?/],
    [['--format', 'jsn'], /--format must be one of table, json, csv, md, got "jsn"; did you mean "json"\?/],
    [['--table', 'operator'], /--table must be one of operators/],
    [['--seed', '-1'], /--seed must be an integer from 0/],
    [['--seed', '4294967296'], /--seed must be an integer from 0/],
    [['--sett', 'layers=1'], /there is no flag --sett; did you mean --set\?/],
    [['--set'], /--set must be followed by NAME=VALUE/],
    [['--check=yes'], /--check takes no value/],
    [['--seed', '1', '--seed', '2'], /--seed must be given once/],
    [['layers=3'], /"layers=3" must belong to a flag; did you mean --set layers=3\?/],
    [['--check', '--set', 'layers=3'], /must be compared with the default run, got --set layers/],
    [['--set', 'seqLens=4000000000'], /must be a number that a double holds exactly/],
    [
      ['--set', 'seqLens=8,9,8'],
      /rows of operators must differ in seqLen, operator, got seqLen=8, operator=mha-projections again/,
    ],
  ]
  for (const [argv, pattern] of bad) {
    let message = ''
    await script(table03, ...argv).catch((error: Error) => {
      message = error.message
    })
    assert.match(message, pattern, argv.join(' '))
    assert.not.match(message, /\n/)
  }
  const { exitCode, stdout, stderr } = await run(PROJECT_ROOT, SCRIPT, ['--set', 'layers=1e999'])
  assert.equal(
    [exitCode, stdout, stderr],
    [2, '', 'error: Cannot set layers: it must be an integer from 1 (layer), got "1e999"'],
  )
})

test('--debug shows the stack', async () => {
  const { exitCode, stderr } = await run(PROJECT_ROOT, SCRIPT, ['--debug', '--set', 'layers=0'])
  assert.is(exitCode, 2)
  assert.match(stderr, /RangeError: Cannot set layers[\s\S]*\n\s+at /)
})

test('--out writes the whole file, or nothing at all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-out-'))
  const path = join(folder, 'o.json')
  assert.equal(await script(table03, '--format', 'json', '--out', path), { code: 0, out: '', err: '' })
  assert.is(JSON.parse(readFileSync(path, 'utf8')).tables.operators.length, 15)
  for (const target of [join(folder, 'no', 'o.json'), folder]) {
    let message = ''
    await script(table03, '--out', target).catch((error: Error) => {
      message = error.message
    })
    assert.match(message, /^Cannot write .*: it must be a writable file, but /)
  }
  assert.equal(readdirSync(folder), ['o.json'])
  rmSync(folder, { recursive: true })
})

test('json is clean and complete: values, parameters, claims and tables', async () => {
  const { out, err } = await script(table03, '--format', 'json', '--set', 'seqLens=1000')
  assert.is(err, '')
  const { experiment, version, variant, seed, params, tables, claims, whatIf, units } = JSON.parse(out)
  assert.is(whatIf, true)
  assert.is(units.operators.flops, 'FLOP')
  assert.equal([experiment, version, variant, seed], ['survey/table03-bert-base', '1.0.0', 'as-published', 1])
  assert.equal(params.seqLens, [1000])
  assert.is(tables.operators.length, 5)
  // l=1000 by hand: 12 layers of four projections, 2*768*768*1000 FLOP and 768*768 + 2*768*1000 bytes each
  assert.equal(tables.operators[0], {
    seqLen: 1000,
    operator: 'mha-projections',
    flops: 48 * 2 * 768 * 768 * 1000,
    bytes: 48 * (768 * 768 + 2 * 768 * 1000),
    intensity: (2 * 768 * 768 * 1000) / (768 * 768 + 2 * 768 * 1000),
  })
  assert.ok(
    claims.every(
      (claim: { id: string; verdict: unknown }) => !claim.id.startsWith('survey.t3.') && claim.verdict === null,
    ),
    'no claim about other lengths, and no verdict',
  )
  const plain = JSON.parse((await script(table03, '--format', 'json')).out)
  assert.is(plain.whatIf, false)
  assert.is(plain.claims.find((claim: { id: string }) => claim.id === 'survey.t3.l128.proj.ai').verdict, 'exact')
})

test('csv and Markdown print the same rows with their units', async () => {
  const { out: csv } = await script(table02, '--format', 'csv')
  assert.is(csv.split('\n')[0], 'operation,m,n,k,repeats,macs')
  assert.is(csv.split('\n')[4], 'qk,512,64,512,12,201326592')
  const { out: md } = await script(table02, '--format', 'md')
  assert.match(md, /\| operation \| m \[element\] \| .*\n\| --- \| ---: \|/)
  assert.match(md, /\| qk \| 512 \| 64 \| 512 \| 12 \| 201326592 \|/)
  const { out: several, err } = await script(fig32, '--format', 'csv', '--set', 'seqLens=128')
  assert.match(several, /^model,seqLen,cycles,normalised,latencyMs\n/)
  assert.match(err, /--table machine, --table resnet50/)
  const { out: one } = await script(fig32, '--format', 'csv', '--table', 'machine', '--set', 'seqLens=128')
  assert.is(one, 'l2TileSide,scratchpadTileSide,outputTileBytes,accumulatorHoldsTile\n1024,256,262144,false\n')
})

test('a table run prints its verdicts, a what-if run says that it is one', async () => {
  const { out } = await script(table03)
  assert.match(out, /Against the paper: 72 exact, 5 within, 2 erratum, 2 input\./)
  assert.match(out, /\[1\] printed 0\.006, should be 0\.0094/)
  const { out: whatIf } = await script(table03, '--set', 'layers=6')
  assert.match(whatIf, /What if: --set layers\. These are not the paper's conditions, so nothing is judged\./)
  assert.match(whatIf, /Variant as-published keeps the mistakes behind the printed numbers; corrected leaves them out/)
  assert.match(whatIf, /survey\.t3\.l128\.proj\.flops +7\.25 +3\.62388 +-50\.02 %/)
  assert.not.match((await script(table03, '--variant', 'corrected')).out, /keeps the mistakes/)
  const { out: swept } = await script(table03, '--sweep', 'layers=1,2', '--set', 'seqLens=128')
  assert.match(swept, /layers \[layer\]\s+seqLen \[token\]/)
  assert.match(swept, /A sweep is not compared/)
  assert.match(
    (await script(table03, '--set', 'seqLens=1000', '--set', 'layers=3', '--format', 'md')).out,
    /nothing is judged/,
  )
  const { out: markdown } = await script(table03, '--format', 'md')
  assert.match(markdown, /\| survey\.t3\.l128\.a2a\.mops \| 0\.006 \|/)
})

test('Markdown begins with the command that made it, and folds long tables', async () => {
  const { out } = await script(fig32, '--format', 'md', '--set', 'seqLens=128,512')
  assert.match(
    out,
    /^# survey\/fig32-latency .*\n\n```sh\nnpx tsx experiments\/survey\/fig32-latency\.ts --format md --set seqLens=128,512\n```\n\n## latency\n/,
  )
  assert.not.match(out, /<details>/)
  const { out: plain } = await script(table03, '--format', 'md')
  assert.match(
    plain,
    /\n## Against the paper\n\nAgainst the paper: 72 exact, 5 within, 2 erratum, 2 input\.\n\n\| claim \|/,
  )
  assert.match(plain, /\| survey\.t3\.l512\.ffn\.ai .* \| within \| 3 \|\n/)
  assert.match(plain, /\nNotes:\n\n1\. printed 0\.006, should be 0\.0094: /)
  const { out: swept } = await script(
    table03,
    '--format',
    'md',
    '--sweep',
    'layers=1,2,3,4,5,6,7',
    '--set',
    'seqLens=64',
  )
  assert.match(swept, /<summary>operators: 35 rows<\/summary>\n\n\| layers \[layer\] \|/)
})

test('a sweep over at least three values shows how each column moves, where it is plain', async () => {
  const { out } = await script(table03, '--sweep', 'layers=1,2,4', '--set', 'seqLens=64')
  // FLOPs and bytes are proportional to the layers: the middle is a third of the way up; intensity stays.
  assert.match(out, /\noperators over layers = 1, 2, 4 \(each from its lowest ▁ to its highest █\)\n/)
  assert.match(out, /\nseqLen {2}operator +flops {2}bytes\n/)
  assert.match(out, /\n64 {6}mha-projections {2}▁▃█ {4}▁▃█\n/)
  for (const argv of [
    ['--sweep', 'layers=1,2', '--set', 'seqLens=64'],
    ['--sweep', 'layers=1,2,4', '--sweep', 'seqLens=64,128,256'],
    ['--sweep', 'layers=1,2,4', '--set', 'seqLens=64', '--format', 'csv'],
  ]) {
    assert.not.match((await script(table03, ...argv)).out, /▁/, argv.join(' '))
  }
})

const SWEPT = tables({
  t: {
    unit: { type: 'string', 'x-key': true },
    size: { type: 'integer', unit: '1', 'x-key': true },
    rate: { type: 'number', unit: '1' },
    gap: { type: ['number', 'null'], unit: '1' },
  },
})

/** The picture of a swept table whose runs are given by swept value. */
function shapeOf(runs: readonly (readonly (readonly [unit: string, rate: number, gap?: number])[])[], width?: number) {
  const values = runs.map((_, index) => index + 1)
  const rows = runs.flatMap((run, index) =>
    run.map(([unit, rate, gap = null]) => ({ n: index + 1, unit, size: index + 1, rate, gap })),
  )
  return sweepShape({ schema: SWEPT }, [{ name: 'n', values }], { table: 't', rows, width: width ?? null })
}

test('a picture of a sweep never mixes rows of different runs', () => {
  assert.match(
    shapeOf([
      [
        ['a', 1],
        ['b', 9],
      ],
      [
        ['a', 2],
        ['b', 8],
      ],
      [
        ['a', 3],
        ['b', 8],
      ],
    ]),
    /\n\nunit +rate\n---- +----\na +▁▅█\nb +█▁▁\n$/,
  )
  const uneven = shapeOf([
    [['a', 1]],
    [
      ['a', 2],
      ['b', 3],
    ],
    [
      ['a', 4],
      ['b', 5],
      ['c', 6],
    ],
  ])
  assert.is(uneven, '', 'six rows of three runs, but not two of each')
  const renamed = shapeOf([
    [
      ['a', 1],
      ['b', 1],
    ],
    [
      ['a', 2],
      ['c', 2],
    ],
    [
      ['a', 3],
      ['b', 3],
    ],
  ])
  assert.is(renamed, '', 'rows whose keys change are no line')
})

test('a column without all of its values is left out of the picture, the others stay', () => {
  const shape = shapeOf([[['a', 1, 1]], [['a', 2]], [['a', 3, 3]]])
  assert.match(shape, /\nunit +rate\n/)
  assert.match(shapeOf([[['a', 1, 3]], [['a', 2, 2]], [['a', 3, 1]]]), /\nunit +rate +gap\n.*\na +▁▅█ +█▅▁\n/)
})

test('of many swept values an even choice is drawn, the first and the last among them, and it says so', () => {
  const shape = shapeOf(
    Array.from({ length: 93 }, (_, i) => [['a', i] as const]),
    60,
  )
  const text = shape.replaceAll('\n', ' ')
  assert.match(text, /^t over n, 24 of 93 values: 1, 5, 9, 13, .* 89, 93 \(each from its lowest/)
  assert.ok(shape.split('\n').every((line) => line.length <= 60))
  const [line = ''] = /[▁-█]+$/m.exec(shape) ?? []
  assert.is(line.length, 24)
  assert.match(line, /^▁.*█$/)
})

test('CSV of a table without rows names its columns, with the swept one', () => {
  const exp = anyExperiment({ ...table03Script, schema: SWEPT } as unknown as typeof table03Script)
  const header = (...argv: string[]) => {
    const request = { ...readRequest(table03, argv), format: 'csv' as const }
    const run = { variant: 'v', seed: 1, params: {}, tables: { t: [] } }
    return formatRun(exp, run, { request, claims: [] }).text
  }
  assert.is(header(), 'unit,size,rate,gap\n')
  assert.is(header('--sweep', 'layers=1,2'), 'layers,unit,size,rate,gap\n')
})

test('colour goes to a terminal or where it is forced, never into data, Markdown or a file', async () => {
  const code = '\u001b['
  const piped = await run(PROJECT_ROOT, SCRIPT, [], { TERM: 'xterm-256color' })
  assert.match(piped.stdout, /Against the paper: 72 exact/)
  assert.not.ok(piped.stdout.includes(code))
  const forced = await run(PROJECT_ROOT, SCRIPT, [], { FORCE_COLOR: '1' })
  assert.ok(forced.stdout.includes('\u001b[32m72 exact\u001b[39m'))
  assert.is(stripVTControlCharacters(forced.stdout), piped.stdout)
  for (const format of ['json', 'csv', 'md']) {
    const { stdout } = await run(PROJECT_ROOT, SCRIPT, ['--format', format], { FORCE_COLOR: '1' })
    assert.ok(stdout.length > 100 && !stdout.includes(code), format)
  }
  const folder = mkdtempSync(join(tmpdir(), 'reprise-colour-'))
  await run(PROJECT_ROOT, SCRIPT, ['--out', join(folder, 'o.txt')], { FORCE_COLOR: '1' })
  assert.is(readFileSync(join(folder, 'o.txt'), 'utf8').trimEnd(), piped.stdout)
  rmSync(folder, { recursive: true })
})

test('the corrected variant is another answer', async () => {
  const bytes = async (...argv: string[]) =>
    JSON.parse((await script(table03, '--format', 'json', '--set', 'seqLens=100', ...argv)).out).tables.operators[3]
      .bytes as number
  assert.is((await bytes('--variant', 'corrected')) - (await bytes()), 12 * 768 * 100)
})

test('the help text names every flag, parameter, unit, default, source and variant', () => {
  for (const exp of [table03, fig32]) {
    const help = helpText(exp, SCRIPT_FLAGS)
    for (const flag of ['set', 'sweep', 'variant', 'seed', 'format', 'table', 'out', 'check', 'help'])
      assert.match(help, new RegExp(`--${flag}\\b`))
    for (const [name, { unit }] of Object.entries(exp.params))
      assert.ok(help.includes(`  ${name} = `) && help.includes(`[${unit}]`), name)
    assert.match(help, /as-published: [\s\S]*corrected: /)
    assert.match(help, /paper: /)
    for (const name of Object.keys(exp.variants?.['as-published']?.set ?? {})) {
      assert.match(help, new RegExp(`  ${name} = \\S+ \\(corrected: `), 'the value that runs is shown first')
    }
  }
})

test('--check compares with the golden', async () => {
  const { code, err } = await script(table02, '--check')
  assert.equal([code, err], [0, 'golden survey/table02-matmul-shapes: as accepted\n'])
})

test('a reader that closes the pipe early is no error', async () => {
  const { exitCode, stderr } = await execa(
    'bash',
    [
      '-c',
      `set -o pipefail; "${process.execPath}" --import tsx ${SCRIPT} --sweep layers=${Array.from({ length: 400 }, (_, i) => i + 1).join()} | head -1`,
    ],
    { cwd: PROJECT_ROOT, reject: false },
  )
  assert.equal([exitCode, stderr], [0, ''])
})

test('importing a script runs nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-import-'))
  const importer = join(folder, 'importer.mts')
  writeFileSync(importer, `import ${JSON.stringify(join(PROJECT_ROOT, SCRIPT))}\n`)
  assert.equal(await run(PROJECT_ROOT, importer), { exitCode: 0, stdout: '', stderr: '' })
  rmSync(folder, { recursive: true })
})

test('a script runs without its extension too, and says so when it is ended before its time', async () => {
  const short = await run(PROJECT_ROOT, SCRIPT.replace(/\.ts$/, ''), ['--format', 'csv'])
  assert.equal([short.exitCode, short.stderr], [0, ''])
  assert.match(short.stdout, /^seqLen,operator,/)
  const copy = copyProject()
  copy.edit('lib/workload/counting.ts', '  const overSteps =', '  process.exit(0)\n  const overSteps =')
  const ended = await copy.run(SCRIPT)
  assert.equal(
    [ended.exitCode, ended.stdout, ended.stderr],
    [2, '', 'error: Cannot finish: the program ended before its command did'],
  )
  copy.dispose()
})

test('a flag whose value was left out does not swallow the next one', async () => {
  let message = ''
  await script(table03, '--out', '--check').catch((error: Error) => {
    message = error.message
  })
  assert.is(message, 'Cannot read the command line: --out must be followed by FILE, got --check')
  assert.not.ok(existsSync('--check'))
})

test('output that cannot be written is an error, a closed pipe leaves the exit code as it is', async () => {
  const shell = (command: string) =>
    execa('bash', ['-c', command], { cwd: PROJECT_ROOT, reject: false, env: { CI: '' } })
  const program = `"${process.execPath}" --import tsx ${SCRIPT}`
  const full = await shell(`${program} > /dev/full`)
  assert.equal([full.exitCode, full.stderr], [2, 'error: Cannot print: standard output must be writable, got ENOSPC'])
  const closed = await shell(`${program} --set layers=0 | true; exit \${PIPESTATUS[0]}`)
  assert.is(closed.exitCode, 2)
})

test.run()
