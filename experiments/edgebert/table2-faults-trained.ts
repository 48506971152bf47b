#!/usr/bin/env -S npx tsx
import type { BitOrder } from '../../lib/accelerators/edgebert/mod.ts'
import {
  CELL_KINDS,
  type CellFaults,
  type CellKind,
  type LastCellRule,
  meanMisread,
  RRAM_LEVELS,
  RRAM_LEVELS_SOURCE,
} from '../../lib/hardware/mod.ts'
import { along, experiment, main, tables } from '../../lib/harness/mod.ts'
import { forkRng, type Rng } from '../../lib/numeric/mod.ts'
import { EXIT_CONSTANTS } from '../trained/shared/exits-constants.ts'
import { CELL_PARAMS } from './shared/cell-params.ts'
import { edgebert } from './shared/tasks.ts'
import { FaultyEmbedding, STORED_PARTS, type StoredPart } from './shared/trained-embedding.ts'
import { fullAccuracy } from './shared/trained-exit-choice.ts'
import {
  EXITS_PARAM,
  type ExitNetwork,
  judgedSentences,
  openExits,
  rampsOf,
  sentencesParam,
  storedExits,
  zerosShare,
} from './shared/trained-exits.ts'
import { FaultyNetwork } from './shared/trained-fault-trials.ts'

/** Cells of the count sweep hold so many bits. */
const SWEPT_BITS = 3
/** A difference of means is one from so many standard errors on. */
const STANDARD_ERRORS = 2

const table2Trained = experiment({
  id: 'edgebert/table2-faults-trained',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Table 2, in kind',
  title: 'Accuracy of our own networks under faults of ReRAM cells that hold their embeddings: in kind',
  params: {
    exits: EXITS_PARAM,
    testSentences: sentencesParam(40, 'sentences of the test part that run in every trial'),
    trials: {
      type: 'integer',
      value: 100,
      min: 2,
      max: 10_000,
      unit: '1',
      source: edgebert('Sec. 4.1'),
      description: 'fault-injection trials per configuration',
    },
    faultyCells: {
      type: 'integer',
      value: [1, 10, 100],
      max: 700,
      distinct: true,
      unit: 'cell',
      source: {
        kind: 'assumed',
        why: 'our embedding has 2,048 elements, that of ALBERT 1,900 times as many; a read of ours with one wrong cell is what one of its reads in 2-bit cells may be',
        range: '1 to 700',
      },
      description: 'wrong cells per read, anywhere, in the sweep of their number',
    },
    sweepTrials: {
      type: 'integer',
      value: 5,
      max: 1000,
      unit: '1',
      source: { kind: 'assumed', why: 'the sweep shows a trend', range: '5 to 100' },
      description: 'trials for each number of wrong cells',
    },
    exponentBits: {
      type: 'integer',
      value: 3,
      max: 6,
      unit: 'bit',
      source: edgebert('Sec. 3.4'),
      description: 'exponent bits of a stored value of 8 bits',
    },
    ...CELL_PARAMS,
  },
  constants: {
    ...EXIT_CONSTANTS,
    ...Object.fromEntries(
      CELL_KINDS.map((kind) => [
        `${kind}MeanMisread`,
        { value: meanMisread(RRAM_LEVELS[kind]), unit: '1', source: RRAM_LEVELS_SOURCE },
      ]),
    ),
  },
  schema: tables({
    accuracy: {
      seed: { type: 'integer', unit: '1', 'x-key': true, description: 'our networks, our task' },
      stored: {
        type: 'string',
        enum: STORED_PARTS,
        'x-key': true,
        description: 'part in these cells; the other is safe',
      },
      cell: { type: 'string', enum: CELL_KINDS, 'x-key': true },
      cells: { type: 'integer', unit: 'cell' },
      expectedFaultyCells: {
        type: 'number',
        unit: 'cell',
        description: 'per read, from the spreads of the levels of a cell',
      },
      cleanTrialsPercent: { type: 'number', unit: '%', description: 'reads that change nothing' },
      meanAccuracy: { type: 'number', unit: '%' },
      standardError: { type: 'number', unit: '%-pt', description: 'of the mean, over the trials' },
      minAccuracy: { type: 'number', unit: '%' },
      difference: { type: 'number', unit: '%-pt', description: 'of the mean to reading without fault' },
    },
    counts: {
      seed: { type: 'integer', unit: '1', 'x-key': true },
      stored: { type: 'string', enum: STORED_PARTS, 'x-key': true },
      faultyCells: { type: 'integer', unit: 'cell', 'x-key': true, description: `of ${SWEPT_BITS} bits, anywhere` },
      meanAccuracy: { type: 'number', unit: '%' },
      minAccuracy: { type: 'number', unit: '%' },
      difference: { type: 'number', unit: '%-pt' },
    },
    networks: {
      seed: { type: 'integer', unit: '1', 'x-key': true },
      elements: { type: 'integer', unit: 'element' },
      nonZeros: { type: 'integer', unit: 'element' },
      zerosPercent: { type: 'number', unit: '%', description: 'of the word embeddings as stored in the file' },
      storedAccuracy: { type: 'number', unit: '%', description: 'with the embeddings as stored in the file' },
      quantisedAccuracy: { type: 'number', unit: '%', description: 'with the embeddings in 8-bit AdaptivFloat' },
    },
  }),
  run({ params, files, rng }) {
    const test = judgedSentences('test', params.testSentences)
    const all = openExits(storedExits({ params, files }), [test]).map((network) => {
      const storedAccuracy = fullAccuracy(rampsOf(network, test))
      const zerosPercent = 100 * zerosShare(network.encoder, /^words$/)
      const faulty = new FaultyNetwork(network, embeddingOf(network, params), test)
      const { seed } = network
      const own = forkRng(rng)
      return {
        accuracy: STORED_PARTS.flatMap((part) =>
          CELL_KINDS.map((cell) => cellRow(faulty, { seed, part, cell }, params, own)),
        ),
        counts: STORED_PARTS.flatMap((part) =>
          params.faultyCells.map((count) => countRow(faulty, { seed, part, count }, params, own)),
        ),
        network: {
          seed,
          elements: faulty.embedding.values.length,
          nonZeros: faulty.embedding.nonZeros,
          zerosPercent,
          storedAccuracy: 100 * storedAccuracy,
          quantisedAccuracy: 100 * faulty.accuracy,
        },
      }
    })
    return {
      accuracy: all.flatMap(({ accuracy }) => accuracy),
      counts: all.flatMap(({ counts }) => counts),
      networks: all.map(({ network }) => network),
    }
  },
  claims: {
    'edgebert.kind-mlc2-harmless': ({ accuracy }) =>
      inSeeds(accuracy, (of) => {
        const [slc, mlc2] = [of('values', 'slc'), of('values', 'mlc2')]
        return slc?.meanAccuracy === mlc2?.meanAccuracy && slc?.minAccuracy === mlc2?.minAccuracy
      }),
    'edgebert.kind-mlc3-lossy': ({ accuracy }) =>
      inSeeds(accuracy, (of) => {
        const [slc, mlc3] = [of('values', 'slc'), of('values', 'mlc3')]
        return slc !== undefined && mlc3 !== undefined && isLower(mlc3, slc) && mlc3.minAccuracy < mlc3.meanAccuracy
      }),
    'edgebert.kind-mask-worse': ({ accuracy }) =>
      inSeeds(accuracy, (of) => {
        const [values, mask] = [of('values', 'mlc3'), of('mask', 'mlc3')]
        return values !== undefined && mask !== undefined && isLower(mask, values)
      }),
  },
  reasons: {
    'edgebert.kind-mlc3-lossy': {
      kind: 'finding',
      text: 'seeds 1 and 3 lose 0.8 and 0.5 points, more than the scatter of the trials; seed 2 gains 0.25, 1.6 standard errors; which seed stands back changes with the sentences: of 64 all three lose, 0.2 to 0.6, of 100 seed 3 loses none, of 200 all three lose 0.4 to 0.7',
    },
    'edgebert.kind-mask-worse': {
      kind: 'finding',
      text: 'faults of the mask cost 0.6 to 1.0 points more in every seed, but in seed 1 that is 1.5 standard errors over the trials, in seeds 2 and 3 it is 2.7 and 2.1; the order is the same with 64, 100 and 200 sentences',
    },
  },
  figure: ({ accuracy, counts }) => {
    const y = (field: string) => along(field, 'mean accuracy [%]', { scale: { zero: false } })
    const color = { field: 'stored', type: 'nominal', sort: null, title: 'faults in' }
    return {
      description:
        'Mean accuracy of our networks where the values or the mask of their word embeddings are kept in ReRAM cells of one, two and three bits (left), and with so many wrong cells in every read (right, logarithmic); a point for each of three seeds, lines through their means. The paper prints accuracies of other networks, so that there is no printed value.',
      spacing: 40,
      hconcat: [
        {
          data: { values: accuracy.map((row) => ({ ...row, label: row.cell.toUpperCase() })) },
          x: { field: 'label', type: 'nominal', sort: null, title: 'cell', axis: { labelAngle: 0 } },
        },
        {
          data: { values: counts },
          x: along('faultyCells', 'wrong cells per read [1]', { scale: { type: 'log' } }),
        },
      ].map(({ data, x }) => ({
        width: 220,
        height: 220,
        data,
        layer: [
          { mark: { type: 'point' }, encoding: { x, y: y('meanAccuracy'), color, shape: color } },
          {
            mark: { type: 'line', aria: false },
            encoding: { x, y: { ...y('meanAccuracy'), aggregate: 'mean' }, color },
          },
        ],
      })),
    }
  },
})

interface AccuracyRow {
  readonly seed: number
  readonly meanAccuracy: number
  readonly standardError: number
  readonly minAccuracy: number
}

/** Whether a mean over trials is below another by more than both scatter. */
function isLower(one: AccuracyRow, other: AccuracyRow): boolean {
  const scatter = Math.sqrt(one.standardError * one.standardError + other.standardError * other.standardError)
  return one.meanAccuracy < other.meanAccuracy - STANDARD_ERRORS * scatter
}

/** Whether something holds of every seed's rows. */
function inSeeds(
  rows: readonly (AccuracyRow & { readonly stored: string; readonly cell: string })[],
  holds: (of: (part: StoredPart, kind: CellKind) => AccuracyRow | undefined) => boolean,
): boolean {
  return [...new Set(rows.map(({ seed }) => seed))].every((seed) =>
    holds((part, kind) => rows.find((row) => row.seed === seed && row.stored === part && row.cell === kind)),
  )
}

/** A network's word embeddings in the memory. */
function embeddingOf(
  { encoder }: ExitNetwork,
  params: { readonly exponentBits: number; readonly bitOrder: string },
): FaultyEmbedding {
  return new FaultyEmbedding(encoder.view(encoder.tensors.words), {
    width: encoder.shape.embedding,
    format: { bits: 8, exponentBits: params.exponentBits },
    bitOrder: params.bitOrder as BitOrder,
  })
}

/** Reads of a part in a kind of cell. */
function cellRow(
  faulty: FaultyNetwork,
  { seed, part, cell }: { readonly seed: number; readonly part: StoredPart; readonly cell: CellKind },
  { trials, lastCell }: { readonly trials: number; readonly lastCell: string },
  rng: Rng,
) {
  const faults: CellFaults = { kind: cell, lastCell: lastCell as LastCellRule }
  const found = faulty.trials(part, faults, { trials, rng: forkRng(rng) })
  return {
    ...{ seed, stored: part, cell, cells: found.cells, expectedFaultyCells: found.expectedFaultyCells },
    cleanTrialsPercent: 100 * found.cleanShare,
    standardError: 100 * found.standardError,
    ...accuracies(faulty, found),
  }
}

/** Reads with so many wrong cells. */
function countRow(
  faulty: FaultyNetwork,
  { seed, part, count }: { readonly seed: number; readonly part: StoredPart; readonly count: number },
  { sweepTrials }: { readonly sweepTrials: number },
  rng: Rng,
) {
  const faults: CellFaults = { bitsPerCell: SWEPT_BITS, count }
  const found = faulty.trials(part, faults, { trials: sweepTrials, rng: forkRng(rng) })
  return { seed, stored: part, faultyCells: count, ...accuracies(faulty, found) }
}

const accuracies = (
  { accuracy }: FaultyNetwork,
  { meanAccuracy, leastAccuracy }: { readonly meanAccuracy: number; readonly leastAccuracy: number },
) => ({
  meanAccuracy: 100 * meanAccuracy,
  minAccuracy: 100 * leastAccuracy,
  difference: 100 * (meanAccuracy - accuracy),
})

export default table2Trained
await main(import.meta, table2Trained)
