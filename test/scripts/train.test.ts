import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { createRng } from '../../lib/numeric/mod.ts'
import { capacityFor, generateSentences, parseStored, STORED_FORMAT, unpackEncoder } from '../../lib/training/mod.ts'
import { RECIPES } from '../../scripts/train/encoders.ts'
import { run } from '../support/project.ts'

const SCRIPT = 'scripts/train.ts'

const test = suite<{ folder: string }>('train')
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'reprise-train-'))
})
test.after(({ folder }) => rmSync(folder, { recursive: true }))

const refused = async (args: readonly string[], message: RegExp) => {
  const { exitCode, stdout, stderr } = await run(PROJECT_ROOT, SCRIPT, args)
  assert.equal([exitCode, stdout], [2, ''])
  assert.match(stderr, message)
  assert.is(stderr.trim().split('\n').length, 1, stderr)
}

test('a network that is trained from scratch has the weights that are stored, to the bit', async () => {
  const { exitCode, stdout, stderr } = await run(PROJECT_ROOT, SCRIPT, [
    '--check',
    '--only',
    'classifier',
    '--seed',
    '1',
  ])
  assert.equal([exitCode, stderr], [0, ''])
  assert.match(stdout, /^Weights and records are those stored, to the bit\.$/m)
})

test('files of trained networks hold every seed of every recipe, and take at most 600 kB in all', () => {
  let bytes = 0
  for (const [i, { file, seeds, needs = [] }] of RECIPES.entries()) {
    const before = RECIPES.slice(0, i).map((recipe) => recipe.file)
    assert.ok(
      needs.every((name) => before.includes(name)),
      `${file} goes on from what is trained after it`,
    )
    const path = join(PROJECT_ROOT, `experiments/trained/${file}.json`)
    bytes += statSync(path).size
    const { networks, records } = parseStored(path, readFileSync(path, 'utf8'))
    assert.ok(networks.length >= seeds.length, file)
    for (const network of networks) {
      assert.is(network.command, `npx tsx scripts/train.ts --only ${file}`)
      assert.match(network.data, /^sentences \d+\.\d+\.\d+$/)
      assert.ok(seeds.includes(network.seed))
      // A backbone has no classifier of its own to measure.
      const isBase = networks.some(({ base, seed }) => base === network.name && seed === network.seed)
      assert.ok(isBase || Object.keys(network.metrics).length > 0, `${network.name} without metrics`)
      const capacity = { tokens: 1, sentences: 1, longest: 1 }
      const encoder = unpackEncoder({ format: STORED_FORMAT, networks, records }, network, { capacity })
      assert.ok(encoder.values.every(Number.isFinite))
    }
    for (const [table, rows] of Object.entries(records)) {
      for (const seed of seeds)
        assert.ok(
          rows.some((row) => row['seed'] === seed),
          `${file} ${table}: no row of seed ${seed}`,
        )
    }
  }
  assert.ok(bytes <= 600_000, `${bytes} bytes`)
})

test('a classifier learns from a file of sentences, counts unknown words, and its weights can be read', async ({
  folder,
}) => {
  const [mine, held, out] = ['mine.tsv', 'held.tsv', 'new/mine.json'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const examples = generateSentences('sentiment', {
    part: 'train',
    count: 1200,
    rng: createRng(1),
    levels: [1, 0, 0, 0],
  })
  const lines = examples.map(({ words, label }) => `${words.join(' ')}\t${label}\n`)
  writeFileSync(mine, `sentence\tlabel\n${lines.slice(0, 1000).join('')}`)
  writeFileSync(held, `${lines.slice(1000).join('')}zymurgy is Good\t1\r\n\n`)
  const { exitCode, stdout, stderr } = await run(PROJECT_ROOT, SCRIPT, ['--tsv', mine, '--held', held, '--out', out])
  assert.equal([exitCode, stderr], [0, ''])
  assert.match(stdout, /^1000 sentences to train on, \d+ words known/m)
  const [, unknown] = /^201 sentences held out; unknown words (\d+) of \d+/m.exec(stdout) ?? []
  assert.is(unknown, '1')
  const [, right] = /^right, with weights as stored: (\d+) of 201/m.exec(stdout) ?? []
  assert.ok(Number(right) > 180, stdout)
  const stored = parseStored(out, readFileSync(out, 'utf8'))
  const [network] = stored.networks
  assert.ok(network?.vocabulary?.includes('and'))
  const capacity = capacityFor(
    [
      {
        tokens: new Int32Array(3),
        segments: new Uint8Array(3),
        starts: Int32Array.of(0, 3),
        labels: new Int32Array(1),
        count: 1,
      },
    ],
    1,
  )
  assert.is(
    unpackEncoder(stored, network as NonNullable<typeof network>, { capacity, vocabulary: network?.vocabulary }).shape
      .vocabulary,
    network?.vocabulary?.length,
  )
})

test('bad input gives one line and leaves no file', async ({ folder }) => {
  const bad = join(folder, 'bad.tsv')
  const out = join(folder, 'none.json')
  for (const [text, message] of [
    ['good film\t1\nbad film\n', /bad\.tsv:2: the sentence must have a label after a tab, got "bad film"/],
    ['good film\t1\n\nbad film\t0\n', /bad\.tsv:2: the line must have a sentence and a label, got an empty line/],
    ['good film\t3\n', /bad\.tsv:1: the label must be an integer from 0 to 1, got "3"/],
    ['', /bad\.tsv:1: the file must have sentences, got an empty file/],
    ['a\t1\nb\t0\n', /it must have at least 10 sentences/],
  ] as const) {
    writeFileSync(bad, text)
    await refused(['--tsv', bad, '--out', out], message)
  }
  await refused(['--tsv', join(folder, 'nowhere.tsv')], /nowhere\.tsv: it must be a readable file, got no such file/)
  await refused(['--out', out], /--out must come with --tsv, got it alone/)
  await refused(['--tsv', bad, '--check'], /--tsv must come without --check, got both/)
  await refused(['--only', 'clasifier'], /--only must name .*, got "clasifier"; did you mean "classifier"\?/)
  await refused(['--only', 'classifier', '--tasks', '1'], /--tasks must come with memory networks alone/)
  assert.not.ok(existsSync(out))
})

test.run()
