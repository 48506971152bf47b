import { createHash } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRng } from '../../lib/numeric/mod.ts'
import {
  DATA_VERSION,
  type Example,
  encodeExamples,
  generateSentences,
  MOST_EXAMPLES,
  type Part,
  parseSentenceTsv,
  partOf,
  SENTENCE_TASKS,
  type SentenceTask,
  SPECIAL_WORDS,
  VOCABULARY,
  vocabularyOfExamples,
} from '../../lib/training/sentences/mod.ts'
import { judgeEntailment, judgeParaphrase, judgeSentiment } from '../support/sentence-oracle.ts'

const PARTS = ['train', 'dev', 'test'] as const

const generate = (task: SentenceTask, part: Part, { count = 1000, seed = 1, level = 0 } = {}): Example[] => {
  const levels = Array.from({ length: task === 'sentiment' ? 4 : 3 }, (_, i) =>
    level === 0 || level === i + 1 ? 1 : 0,
  )
  return generateSentences(task, { part, count, rng: createRng(seed), levels })
}

const textsOf = ({ words, second }: Example): string[] => [words, ...(second ? [second] : [])].map((w) => w.join(' '))

const keyOf = (example: Example): string => textsOf(example).join(' | ')

function judge(task: SentenceTask, { words, second = [] }: Example): { label: number; level: number } {
  if (task === 'sentiment') return judgeSentiment(words)
  return task === 'paraphrase' ? judgeParaphrase(words, second) : judgeEntailment(words, second)
}

/** Worked by hand from the rules: sentence, whether it says something good, and the level. */
const SENTIMENTS: readonly [text: string, label: number, level: number][] = [
  ['the film was very good', 1, 1],
  ['these new songs are dull', 0, 1],
  ['everyone really hated the second movie', 0, 1],
  ['in fact i think that the story was fine and we enjoyed this play', 1, 1],
  ['the actors were silly and predictable and the show felt poor', 0, 1],
  ['the film was not good', 0, 2],
  ['these songs of the show were never dull', 1, 2],
  ['this music felt far from very clever', 0, 2],
  ['nobody loved the old book', 0, 2],
  ['i hardly disliked the finale', 1, 2],
  ['the plot was neither stale nor boring', 1, 2],
  ['the film was bad and we never liked the actors', 0, 2],
  ['it is not true that the novel was dull', 1, 2],
  ['nobody thought that the novel was fresh', 0, 2],
  ['we do not think that the novel was not dull', 0, 2],
  ['it is false that nobody liked the drama', 1, 2],
  ['the film was dull but the actors were brilliant', 1, 3],
  ['the actors were brilliant but the film was dull', 0, 3],
  ['although the film was dull , the actors were brilliant', 1, 3],
  ['the film was dull although the actors were brilliant', 0, 3],
  ['even though i loved the plot , this ending was terrible', 0, 3],
  ['i loved the plot even though this ending was never good', 1, 3],
  ['of course everyone hated the show but the gags were not stale', 1, 3],
  ['my friend said that the film was good and i agree', 1, 4],
  ['my friend said that the film was good but i disagree', 0, 4],
  ['the critics wrote that the film was never good , that is wrong', 1, 4],
  ['the critics wrote that the film was dull and that is right', 0, 4],
  ['the papers claimed that we hated the film and i do not agree', 1, 4],
  ['my sister thought that the jokes are bad , that is not wrong', 0, 4],
  ['my sister thought that the jokes are bad and the show is dull but that is not right', 1, 4],
  ['i agree with the neighbours that nobody liked the show', 0, 4],
  ['i disagree with my teacher that the book was poor', 1, 4],
  ['frankly i do not disagree with my brother that the book was good', 1, 4],
]

const PARAPHRASES: readonly [first: string, second: string, label: number, level: number][] = [
  ['the film was dull', 'this movie seemed very boring', 1, 1],
  ['everyone liked the old book', 'everybody really enjoyed this old novel', 1, 1],
  ['the film was dull', 'the book was dull', 0, 1],
  ['the new film was dull', 'the old film was dull', 0, 1],
  ['the songs of the play were dull', 'the songs of the show were dull', 0, 1],
  ['the film was dull', 'the film was silly', 0, 1],
  ['the film was dull', 'the film was exciting', 0, 1],
  ['i liked the film', 'we liked the film', 0, 1],
  ['i liked the film', 'i loved the film', 0, 1],
  ['the film was not dull', 'this movie is thrilling', 1, 2],
  ['the film was not dull', 'the film was hardly so boring', 1, 2],
  ['the film was not dull', 'the film was dull', 0, 2],
  ['the film was dull', 'the movie was far from exciting', 1, 2],
  ['nobody liked the show', 'everybody resented the programme', 1, 2],
  ['nobody liked the show', 'nobody disliked the show', 0, 2],
  ['the film seemed hardly bad', 'the movie was fine', 1, 2],
  ['the film was dull but the music was good', 'although this movie was boring , the soundtrack was fine', 1, 3],
  ['the film was dull but the music was good', 'the music was good even though the film was boring', 1, 3],
  ['the film was dull but the music was good', 'the music was good but the film was dull', 0, 3],
  ['the film was dull but the music was good', 'the music was dull but the film was good', 0, 3],
  ['the film was dull but the music was good', 'the film was good but the music was dull', 0, 3],
  ['the film was dull but the music was good', 'the book was dull but the music was good', 0, 3],
]

const ENTAILMENTS: readonly [premise: string, hypothesis: string, label: number, level: number][] = [
  ['the film was brilliant', 'this movie is good', 1, 1],
  ['the film was good', 'the film was brilliant', 0, 1],
  ['the film was clever', 'the film was brilliant', 0, 1],
  ['the film was awful', 'the film was bad', 1, 1],
  ['the film was awful', 'the film was good', 0, 1],
  ['the new film was fresh', 'the film was original', 1, 1],
  ['the film was fresh', 'the new film was fresh', 0, 1],
  ['the new film was fresh', 'the old film was fresh', 0, 1],
  ['the songs of the show are dull', 'these tunes are bad', 1, 1],
  ['the songs of the show are dull', 'the songs of the play are dull', 0, 1],
  ['everyone loved the show', 'i liked the show', 1, 1],
  ['i loved the show', 'everyone liked the show', 0, 1],
  ['we liked the show', 'i loved the show', 0, 1],
  ['i loved the show', 'the show was good', 0, 1],
  ['the film was never dull', 'the film was good', 1, 2],
  ['the film was dull', 'the film was not bad', 0, 2],
  ['nobody liked the film', 'we hardly enjoyed this movie', 1, 2],
  ['the film was not dull', 'the film was far from bad', 1, 2],
  ['the film was dull but the actors were brilliant', 'the actors were good', 1, 3],
  ['the film was dull but the actors were brilliant', 'the film was bad', 1, 3],
  ['the film was dull but the actors were brilliant', 'the film was brilliant', 0, 3],
  ['although the film was dull , i loved the ending', 'i liked the finale', 1, 3],
  ['the plot was clever even though the film was bad', 'the plot was poor', 0, 3],
]

test('the oracle labels sentences worked by hand as the rules say', () => {
  for (const [text, label, level] of SENTIMENTS) assert.equal(judgeSentiment(text.split(' ')), { label, level }, text)
  for (const [first, second, label, level] of PARAPHRASES) {
    assert.equal(judgeParaphrase(first.split(' '), second.split(' ')), { label, level }, `${first} | ${second}`)
  }
  for (const [first, second, label, level] of ENTAILMENTS) {
    assert.equal(judgeEntailment(first.split(' '), second.split(' ')), { label, level }, `${first} | ${second}`)
  }
})

test('the sentences worked by hand are written in the words of the grammar', () => {
  const words = [...SENTIMENTS, ...PARAPHRASES, ...ENTAILMENTS].flatMap((row) =>
    row.filter((cell) => typeof cell === 'string').flatMap((text) => text.split(' ')),
  )
  assert.equal(
    words.filter((word) => !VOCABULARY.includes(word)),
    [],
  )
})

for (const { task, levels } of SENTENCE_TASKS) {
  test(`${task}: an oracle that reads the words alone finds every label and level`, () => {
    for (const part of PARTS) {
      for (const seed of [1, 2, 3]) {
        for (const example of generate(task, part, { seed })) {
          const { label, level } = example
          assert.equal(judge(task, example), { label, level }, keyOf(example))
        }
      }
    }
  })

  test(`${task}: of every level and any number of examples, half are of either class`, () => {
    const count = new Map<number, number>()
    for (const { label, level } of generate(task, 'dev', { seed: 4 })) {
      count.set(level, (count.get(level) ?? 0) + (label === 1 ? 1 : -1))
      assert.ok(Math.abs(count.get(level) ?? 0) <= 1)
    }
    assert.is(count.size, levels)
  })

  test(`${task}: no sentence is in two parts, and no example twice in one`, () => {
    const sentences = PARTS.map((part) => {
      const examples = [1, 2, 3].flatMap((seed) => {
        const drawn = generate(task, part, { seed })
        assert.is(new Set(drawn.map(keyOf)).size, drawn.length)
        return drawn
      })
      for (const { words, second } of examples) {
        assert.is(partOf(words), part)
        if (second) assert.is(partOf(second), part)
      }
      return new Set(examples.flatMap(textsOf))
    })
    const [train, dev, held] = sentences as [Set<string>, Set<string>, Set<string>]
    assert.equal(
      [...dev, ...held].filter((text) => train.has(text)),
      [],
    )
    assert.equal(
      [...dev].filter((text) => held.has(text)),
      [],
    )
  })

  test(`${task}: sentences are as long as stated, and lengths vary`, () => {
    const examples = generate(task, 'train', { count: 5000 })
    const lengths = examples.flatMap(({ words, second }) => [words.length, ...(second ? [second.length] : [])])
    assert.is(Math.min(...lengths), task === 'sentiment' ? 5 : 4)
    assert.ok(Math.max(...lengths) <= 24)
    assert.ok(new Set(lengths).size >= (task === 'sentiment' ? 15 : 12))
    for (const { words, second } of examples) {
      assert.is(second !== undefined, task !== 'sentiment')
      if (second) assert.ok(words.length + second.length <= 30 && words.join() !== second.join())
    }
  })

  test(`${task}: levels are drawn by their weights`, () => {
    const rng = createRng(3)
    const weights = [0.5, 0, 1.5, 2].slice(0, levels)
    const examples = generateSentences(task, { part: 'train', count: 4000, rng, levels: weights })
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    weights.forEach((weight, index) => {
      const share = examples.filter(({ level }) => level === index + 1).length / examples.length
      // Four standard deviations of a share of 4,000.
      assert.ok(Math.abs(share - weight / total) <= 4 * Math.sqrt(0.25 / 4000), `level ${index + 1}: ${share}`)
      if (weight === 0) assert.is(share, 0)
    })
  })

  test(`${task}: the same seed gives the same examples, fewer being the beginning of more, another seed others`, () => {
    const long = generate(task, 'test', { count: 300, seed: 7 })
    assert.equal(generate(task, 'test', { count: 300, seed: 7 }), long)
    assert.equal(generate(task, 'test', { count: 100, seed: 7 }), long.slice(0, 100))
    assert.is.not(keyOf(generate(task, 'test', { count: 1, seed: 8 })[0] as Example), keyOf(long[0] as Example))
  })

  test(`${task}: there are more than a million sentences of each level from 2`, () => {
    for (let level = 2; level <= levels; level++) {
      const first = new Set(generate(task, 'train', { count: 10_000, level, seed: 1 }).map(keyOf))
      const again = generate(task, 'train', { count: 10_000, level, seed: 2 }).filter((one) => first.has(keyOf(one)))
      // Of N examples, all as likely, two draws of n share n^2 / N; as they are not, there are more than that says.
      const fewest = 10_000 ** 2 / Math.max(1, again.length)
      assert.ok(fewest > 1_000_000, `level ${level}: ${fewest}`)
    }
  })
}

test('a part holds its share of the sentences that are drawn', () => {
  // Sentences drawn for any part, by a generator of sentences that this test writes itself.
  const rng = createRng(1)
  const counts = { train: 0, dev: 0, test: 0 }
  for (let i = 0; i < 20_000; i++) {
    const words = Array.from({ length: 8 }, () => VOCABULARY[rng.integer(VOCABULARY.length)] as string)
    counts[partOf(words)]++
  }
  const four = (share: number): number => 4 * Math.sqrt(20_000 * share * (1 - share))
  assert.ok(Math.abs(counts.train - 16_000) < four(0.8), `${counts.train}`)
  assert.ok(Math.abs(counts.dev - 2000) < four(0.1), `${counts.dev}`)
  assert.ok(Math.abs(counts.test - 2000) < four(0.1), `${counts.test}`)
  assert.throws(() => partOf(['the', 'sea']), /words must be of the vocabulary, got "sea"/)
})

test('the vocabulary is the special words and about 120 different ones, all of which occur', () => {
  assert.equal(VOCABULARY.slice(0, 4), ['[CLS]', '[SEP]', '[UNK]', '[MASK]'])
  assert.equal(VOCABULARY.slice(0, 4), [...SPECIAL_WORDS])
  assert.is(new Set(VOCABULARY).size, VOCABULARY.length)
  assert.ok(VOCABULARY.length >= 104 && VOCABULARY.length <= 144)
  const used = new Set(generate('sentiment', 'train', { count: 5000 }).flatMap(({ words }) => words))
  assert.equal(
    VOCABULARY.filter((word) => !used.has(word)),
    [...SPECIAL_WORDS],
  )
  for (const task of ['paraphrase', 'entailment'] as const) {
    for (const { words, second = [] } of generate(task, 'dev')) {
      assert.ok([...words, ...second].every((word) => used.has(word)))
    }
  }
})

/** SHA-256 of the first 1,000 training examples of seed 1 as JSON: [words, second or null, label, level]. */
const PINNED: Readonly<Record<SentenceTask, string>> = {
  sentiment: '75421f909d4504ea97e88a976337b429e9e6f5d92aae18d4347c1fec90dc0491',
  paraphrase: 'b4d0c2c075e6feae077473bc510fa114d4954121b86bb0cd8a89df36b8e8da59',
  entailment: '197d34cde755a8e0cab1bc5e38bfcef2dd152b8b462deb0420d9e3c6f8858101',
}

test('examples are those of the data version on every engine', () => {
  assert.is(DATA_VERSION, '1.0.0')
  for (const { task } of SENTENCE_TASKS) {
    const rows = generateSentences(task, { part: 'train', count: 1000, rng: createRng(1) }).map(
      ({ words, second, label, level }) => [words, second ?? null, label, level],
    )
    assert.is(createHash('sha256').update(JSON.stringify(rows)).digest('hex'), PINNED[task], task)
  }
})

/** A logistic regression over sets of features, by stochastic gradient steps; tells the class of a set. */
function fitLinear(examples: readonly (readonly [features: readonly number[], label: number])[], features: number) {
  const weights = new Float64Array(features + 1)
  const score = (set: readonly number[]): number =>
    set.reduce((sum, feature) => sum + (weights[feature] as number), weights[features] as number)
  for (let epoch = 1; epoch <= 5; epoch++) {
    for (const [set, label] of examples) {
      const step = (0.05 / epoch) * (label - 1 / (1 + Math.exp(-score(set))))
      for (const feature of [...set, features]) weights[feature] = (weights[feature] as number) + step
    }
  }
  return (set: readonly number[]): number => (score(set) > 0 ? 1 : 0)
}

/** Accuracy by level, in percent, of a linear classifier over what `see` makes of an example. */
function linearAccuracy(task: SentenceTask, features: number, see: (example: Example) => number[]): number[] {
  const rows = generate(task, 'train', { count: 8000, seed: 5 }).map((one) => [see(one), one.label] as const)
  const tell = fitLinear(rows, features)
  const held = generate(task, 'test', { count: 3000, seed: 5 })
  return Array.from({ length: task === 'sentiment' ? 4 : 3 }, (_, index) => {
    const level = held.filter((example) => example.level === index + 1)
    return (100 * level.filter((example) => tell(see(example)) === example.label).length) / level.length
  })
}

const ids = new Map(VOCABULARY.map((word, id) => [word, id]))
const bag = (words: readonly string[], offset = 0): number[] =>
  [...new Set(words)].map((word) => (ids.get(word) as number) + offset)

test('sentiment: a bag of words tells level 1, is misled at level 2, and guesses at levels 3 and 4', () => {
  const [one = 0, two = 0, three = 0, four = 0] = linearAccuracy('sentiment', VOCABULARY.length, ({ words }) =>
    bag(words),
  )
  assert.ok(one > 85, `level 1: ${one}`)
  assert.ok(two < 40, `level 2: ${two}`)
  assert.ok(Math.abs(three - 50) < 6, `level 3: ${three}`)
  assert.ok(Math.abs(four - 50) < 6, `level 4: ${four}`)
})

test('pairs: neither sentence by itself nor what both share tells the class', () => {
  for (const task of ['paraphrase', 'entailment'] as const) {
    const size = VOCABULARY.length
    const one = linearAccuracy(task, size, ({ words }) => bag(words))
    const other = linearAccuracy(task, size, ({ second = [] }) => bag(second))
    // How many words are shared, and how long both are, each number a feature of its own.
    const overlap = linearAccuracy(task, 100, ({ words, second = [] }) => {
      const shared = new Set(second.filter((word) => words.includes(word))).size
      return [shared, 30 + words.length, 60 + second.length]
    })
    const shared = linearAccuracy(task, 3 * size, ({ words, second = [] }) => [
      ...bag(words),
      ...bag(second, size),
      ...bag(
        second.filter((word) => words.includes(word)),
        2 * size,
      ),
    ])
    assert.ok(Math.max(...one) < 57, `${task}, first sentence: ${one}`)
    assert.ok(Math.max(...other) < 58, `${task}, second sentence: ${other}`)
    assert.ok(Math.max(...overlap) < 66, `${task}, overlap: ${overlap}`)
    assert.ok(Math.max(...shared.slice(1)) < 75, `${task}, shared words: ${shared}`)
  }
})

test('generateSentences() refuses what is no task, part, count or weights', () => {
  const rng = createRng(1)
  const base = { part: 'train', count: 1, rng } as const
  const refused = (task: string, options: object, says: RegExp): void => {
    assert.throws(
      () => generateSentences(task as SentenceTask, { ...base, ...options }),
      (error: Error) =>
        error instanceof RangeError &&
        error.message.startsWith('Cannot generate sentences: ') &&
        says.test(error.message),
      String(says),
    )
  }
  refused('mood', {}, /task must be one of sentiment, paraphrase, entailment, got "mood"$/)
  refused('toString', {}, /task must be one of .*, got "toString"$/)
  refused('sentiment', { part: 'Dev' }, /part must be one of train, dev, test, got "Dev"$/)
  for (const count of [0, -1, 1.5, Number.NaN, MOST_EXAMPLES + 1]) {
    refused('sentiment', { count }, new RegExp(`count must be an integer from 1 to 100000, got ${count}$`))
  }
  refused('sentiment', { levels: [1, 1, 1] }, /levels must be 4 weights for sentiment, got 3$/)
  refused('paraphrase', { levels: [1, 1, 1, 1] }, /levels must be 3 weights for paraphrase, got 4$/)
  for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    refused('entailment', { levels: [1, weight, 1] }, /weight must be a finite number of at least 0, got /)
  }
  refused('entailment', { levels: [0, 0, 0] }, /sum of the levels' weights must be positive and finite, got 0$/)
  refused('entailment', { levels: [1e308, 1e308, 1e308] }, /must be positive and finite, got Infinity$/)
})

test('encodeExamples() puts [CLS] before a sentence and [SEP] between two', () => {
  const vocabulary = [...SPECIAL_WORDS, 'good', 'the', 'film']
  const examples = [
    { words: ['the', 'film', 'good'], label: 1, level: 2 },
    { words: ['good', 'sea'], second: ['the', 'sea', 'film'], label: 3, level: 0 },
    { words: ['film'], label: 0, level: 1 },
  ]
  const encoded = encodeExamples(examples, vocabulary)
  assert.equal(encoded.tokens, Int32Array.of(0, 5, 6, 4, 0, 4, 2, 1, 5, 2, 6, 0, 6))
  assert.equal(encoded.segments, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0))
  assert.equal(encoded.starts, Int32Array.of(0, 4, 11, 13))
  assert.equal(encoded.labels, Int32Array.of(1, 3, 0))
  assert.equal(encoded.levels, Uint8Array.of(2, 0, 1))
  assert.is(encoded.count, 3)
  assert.is(encoded.longest, 7)
  assert.is(encoded.unknown, 2)
  const none = encodeExamples([], vocabulary)
  assert.equal([none.count, none.longest, none.unknown, [...none.starts]], [0, 0, 0, [0]])
})

test('encodeExamples() knows every word that is generated, and its numbers give the words back', () => {
  for (const { task } of SENTENCE_TASKS) {
    const examples = generate(task, 'dev', { count: 200 })
    const { tokens, segments, starts, unknown } = encodeExamples(examples)
    assert.is(unknown, 0)
    examples.forEach(({ words, second }, e) => {
      const [from, to] = [starts[e] as number, starts[e + 1] as number]
      const read = Array.from(tokens.subarray(from, to), (id) => VOCABULARY[id])
      assert.equal(read, ['[CLS]', ...words, ...(second ? ['[SEP]', ...second] : [])])
      assert.is(
        segments.subarray(from, to).reduce((sum, segment) => sum + segment, 0),
        second?.length ?? 0,
      )
    })
  }
})

test('encodeExamples() refuses a vocabulary without the special words or with a word twice', () => {
  assert.throws(() => encodeExamples([], ['[CLS]', 'good']), /word 1 of the vocabulary must be \[SEP\], got "good"/)
  assert.throws(() => encodeExamples([], ['[CLS]']), /word 1 of the vocabulary must be \[SEP\], got none/)
  assert.throws(() => encodeExamples([], [...SPECIAL_WORDS, 'a', 'a']), /must be different, got "a" twice/)
})

test('parseSentenceTsv() reads lower-case words and labels, with a header or without', () => {
  const good = { words: ['a', 'fine', 'film', ',', "isn't", 'it'], label: 1, level: 0 }
  const bad = { words: ['dull'], label: 0, level: 0 }
  const rows = "A  fine Film , isn't it \t1\nDull\t0"
  assert.equal(parseSentenceTsv('a.tsv', rows), [good, bad])
  assert.equal(parseSentenceTsv('a.tsv', `sentence\tlabel\n${rows}\n`), [good, bad])
  assert.equal(parseSentenceTsv('a.tsv', `\uFEFFSentence\tLabel\n${rows}\n\n\n`), [good, bad])
  assert.equal(parseSentenceTsv('a.tsv', `sentence\tlabel\n${rows}\n`.replaceAll('\n', '\r\n')), [good, bad])
  assert.equal(parseSentenceTsv('a.tsv', 'so so\t2', { classes: 3 }), [{ words: ['so', 'so'], label: 2, level: 0 }])
  assert.equal(parseSentenceTsv('a.tsv', 'sentence\t0'), [{ words: ['sentence'], label: 0, level: 0 }])
  assert.equal(parseSentenceTsv('a.tsv', '"so"\t0')[0]?.words, ['"so"'], 'there is no quoting')
})

test('parseSentenceTsv() names file and line, what was expected and what was given', () => {
  const top = 'sentence\tlabel\ngood\t1\n'
  const cases: [text: string, line: number, says: RegExp][] = [
    ['', 1, /must have sentences, got an empty file$/],
    ['\r\n\n', 1, /must have sentences, got an empty file$/],
    ['sentence\tlabel\n', 1, /must have sentences below its header, got none$/],
    ['index\tsentence\n0\tgood', 1, /first line must be "sentence" and "label", .* 0 to 1, .* got "index\\tsentence"$/],
    ['sentence\tlabel\tid\ngood\t1\t7', 1, /first line must be "sentence" and "label"/],
    ['sentence\ngood\t1', 1, /must have a label after a tab, got "sentence"$/],
    [`${top}dull\n`, 3, /must have a label after a tab, got "dull"$/],
    [`${top}dull\t\n`, 3, /must have a label after a tab, got "dull\\t"$/],
    [`${top}dull 0`, 3, /must have a label after a tab, got "dull 0"$/],
    [`${top}dull\tbad`, 3, /label must be an integer from 0 to 1, got "bad"$/],
    [`${top}dull\t-1`, 3, /label must be an integer from 0 to 1, got "-1"$/],
    [`${top}dull\t0.5`, 3, /label must be an integer from 0 to 1, got "0\.5"$/],
    [`${top}dull\t2`, 3, /label must be an integer from 0 to 1, got "2"$/],
    [`${top}dull\t99999999999999999999`, 3, /label must be an integer from 0 to 1, got "9+"$/],
    [`${top}dull\t0\t3`, 3, /must have 2 columns, a sentence and a label, got 3$/],
    [`${top}\t0`, 3, /sentence must have words, got none$/],
    [`${top}  \t0`, 3, /sentence must have words, got none$/],
    [`${top}\ndull\t0`, 3, /must have a sentence and a label, got an empty line$/],
    [`${top}\t\ndull\t0`, 3, /must have a sentence and a label, got an empty line$/],
    ['\ngood\t1', 1, /must have a sentence and a label, got an empty line$/],
  ]
  for (const [text, line, says] of cases) {
    let error: unknown
    try {
      parseSentenceTsv('my data.tsv', text)
    } catch (caught) {
      error = caught
    }
    assert.instance(error, SyntaxError, JSON.stringify(text))
    const { message } = error as SyntaxError
    assert.ok(message.startsWith(`Cannot read my data.tsv:${line}: `), `${JSON.stringify(text)}: ${message}`)
    assert.match(message, says)
  }
  assert.throws(() => parseSentenceTsv('a', 'a\t2', { classes: 2 }), /from 0 to 1, got "2"/)
  for (const classes of [1, 2.5, Number.NaN]) {
    assert.throws(() => parseSentenceTsv('a', 'a\t0', { classes }), /classes must be an integer of at least 2, got /)
  }
})

test('vocabularyOfExamples() lists the special words, then the most frequent first, ties by code unit', () => {
  const examples = [
    { words: ['b', 'é', 'a', 'Z', '[CLS]'], second: ['c', 'c'], label: 0, level: 0 },
    { words: ['b', 'z', 'c'], label: 0, level: 0 },
  ]
  const all = [...SPECIAL_WORDS, 'c', 'b', 'Z', 'a', 'z', 'é']
  assert.equal(vocabularyOfExamples(examples), all)
  assert.equal(vocabularyOfExamples(examples, { atMost: 7 }), all.slice(0, 7))
  assert.equal(vocabularyOfExamples(examples, { atMost: 100 }), all)
  assert.is(encodeExamples(examples, vocabularyOfExamples(examples, { atMost: 6 })).unknown, 4)
  for (const atMost of [4, 0, 5.5, Number.NaN]) {
    assert.throws(() => vocabularyOfExamples(examples, { atMost }), /atMost must be an integer of at least 5, got /)
  }
})

test.run()
