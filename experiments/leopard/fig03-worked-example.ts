#!/usr/bin/env -S npx tsx
import { topMagnitude } from '../../lib/accelerators/leopard/mod.ts'
import { along, experiment, main, printedAt, printedCrosses, tables } from '../../lib/harness/mod.ts'
import { floorLog2 } from '../../lib/numeric/mod.ts'
import { measureExactness, SCORE_KINDS } from './shared/exactness.ts'
import { leopard } from './shared/paper.ts'
import { FORMAT_PARAMS } from './shared/tile-params.ts'
import { assignments, concordantSum, followExample, marginAfter } from './shared/worked-example.ts'

/** Which cycle the first row of the figure's table belongs to. */
const NUMBERINGS = ['the first row is cycle 1', 'the first row comes before cycle 1'] as const
const PRECISIONS = ['as many bits as the example', 'infinitely many bits'] as const

const fig03 = experiment({
  id: 'leopard/fig03-worked-example',
  version: '1.0.0',
  paper: 'leopard',
  item: 'Fig. 3',
  title: 'Early termination of one dot product, cycle by cycle, and its exactness on many',
  params: {
    threshold: {
      type: 'number',
      value: 5,
      min: -1000,
      max: 1000,
      unit: '1',
      source: leopard('Fig. 3, Sec. 3.2'),
      description: 'pruning threshold of the example',
    },
    q: {
      type: 'integer',
      value: [9, 5, -7, -4],
      min: -64,
      max: 64,
      unit: '1',
      source: {
        kind: 'assumed',
        why: "9 and 5 are the paper's (Fig. 3); the others are lost, and chosen so that the example stops in cycle 2",
        range: 'table possible counts what the others can be',
      },
      description: 'elements of Q; with another sign than in k they are discordant',
    },
    k: {
      type: 'number',
      value: [0.1875, 0.25, 0.75, 0.5625],
      min: -1,
      max: 1,
      unit: '1',
      source: {
        kind: 'assumed',
        why: 'magnitudes below 1 (Fig. 3); the bits are lost, and chosen so that the example stops in cycle 2',
        range: 'table possible counts what they can be',
      },
      description: 'elements of K, rounded to exampleBits',
    },
    exampleBits: {
      type: 'integer',
      value: 5,
      min: 3,
      max: 16,
      unit: 'bit',
      source: { kind: 'assumed', why: 'not printed; a sign and four magnitude bits', range: '3 to 12' },
      description: 'bits of an element of K in the example, its sign among them',
    },
    exampleBitsPerCycle: {
      type: 'integer',
      value: 1,
      max: 16,
      unit: 'bit',
      source: leopard('Fig. 3: one row of bits per cycle'),
      description: 'bits of K per cycle in the example',
    },
    largestMagnitude: {
      type: 'integer',
      value: 12,
      max: 64,
      unit: '1',
      source: { kind: 'assumed', why: "a little above the figure's 9", range: '9 to 16' },
      description: 'largest |q| of a discordant element in table possible',
    },
    bits: { ...FORMAT_PARAMS.bits, description: 'bits of an element of K in the unit, its sign among them' },
    bitsPerCycle: { ...FORMAT_PARAMS.bitsPerCycle, description: 'B, bits of K per cycle in the unit' },
    width: {
      type: 'integer',
      value: 64,
      max: 4096,
      unit: 'element',
      source: leopard('Sec. 4.2, 5.1'),
      description: 'elements of a vector in the unit (d)',
    },
    rows: {
      type: 'integer',
      value: 256,
      max: 2048,
      unit: '1',
      source: { kind: 'assumed', why: 'tens of thousands of scores of each kind', range: '64 upwards' },
      description: 'random queries, and as many keys, of table exactness',
    },
    prunedShare: {
      type: 'number',
      value: 0.75,
      min: 0,
      max: 1,
      unit: '1',
      source: { kind: 'assumed', why: 'near the pruning rates of Fig. 7', range: '0.6 to 0.97' },
      description: 'quantile of the scores that is their threshold in table exactness',
    },
  },
  schema: tables({
    cycles: {
      cycle: { type: 'integer', unit: 'cycle', 'x-key': true },
      magnitudeBits: { type: 'integer', unit: 'bit', description: 'known of every k' },
      partialSum: { type: 'number', unit: '1', description: 'P' },
      margin: { type: 'number', unit: '1', description: 'M' },
      bound: { type: 'number', unit: '1', description: 'P + M' },
      does: { type: 'string', enum: ['goes on', 'stops: pruned', 'ends: pruned', 'ends: kept', 'never runs'] },
    },
    margins: {
      magnitudeBits: { type: 'integer', unit: 'bit', 'x-key': true, description: 'known; 0 in the first row' },
      concordantSum: { type: 'integer', unit: '1', description: 'sum of |q| of equal signs' },
      infinite: { type: 'number', unit: '1', description: 'the printed series, without end' },
      finite: { type: 'number', unit: '1', description: 'the series up to the last bit of the example' },
    },
    possible: {
      numbering: { type: 'string', enum: NUMBERINGS, 'x-key': true },
      precision: { type: 'string', enum: PRECISIONS, 'x-key': true },
      cycle1SumAtLeast: {
        type: ['number', 'null'],
        unit: '1',
        description: 'P in cycle 1, or the unit would stop there; none where no bit is known yet',
      },
      cycle2SumBelow: { type: 'number', unit: '1', description: 'P in cycle 2, or the unit would not stop there' },
      assignments: { type: 'integer', unit: '1', description: 'of the lost q and the two upper bits of each k' },
      stopInCycle2: { type: 'integer', unit: '1', description: 'of these, those that stop in cycle 2' },
    },
    exactness: {
      scores: { type: 'string', enum: SCORE_KINDS, 'x-key': true },
      count: { type: 'integer', unit: '1' },
      stoppedEarly: { type: 'integer', unit: '1', description: 'before the last cycle' },
      wronglyPruned: { type: 'integer', unit: '1', description: 'at or above the threshold' },
      wronglyKept: { type: 'integer', unit: '1', description: 'below the threshold' },
      longestCycles: { type: 'integer', unit: 'cycle' },
      followed: { type: 'integer', unit: '1', description: 'scores followed cycle by cycle' },
      otherwiseStopped: {
        type: 'integer',
        unit: '1',
        description: 'of these, stopped in another cycle than the first with P + M below the threshold',
      },
    },
    widths: {
      sum: { type: 'string', enum: ['of one cycle', 'of all cycles'], 'x-key': true },
      largest: { type: 'integer', unit: '1', description: 'its largest magnitude' },
      bits: { type: 'integer', unit: 'bit', description: 'with a sign' },
    },
  }),
  run({ params, rng }) {
    const { threshold, bits, bitsPerCycle, width, exampleBits } = params
    const { score, steps } = followExample(params)
    const sum = concordantSum(params)
    const lost = assignments(params, params.largestMagnitude)
    const outcome = score.pruned ? ('pruned' as const) : ('kept' as const)
    const top = topMagnitude(bits)
    const digit = topMagnitude(Math.min(bitsPerCycle + 1, bits))
    const signedBits = (largest: number) => floorLog2(largest) + 2
    return {
      cycles: steps.map((step) => {
        const last = step.cycle === score.cycles
        return {
          ...step,
          bound: step.partialSum + step.margin,
          does:
            step.cycle > score.cycles
              ? ('never runs' as const)
              : !last
                ? ('goes on' as const)
                : step.cycle < steps.length
                  ? ('stops: pruned' as const)
                  : (`ends: ${outcome}` as const),
        }
      }),
      margins: Array.from({ length: exampleBits }, (_, magnitudeBits) => ({
        magnitudeBits,
        concordantSum: sum,
        infinite: marginAfter(sum, magnitudeBits, Number.POSITIVE_INFINITY),
        finite: marginAfter(sum, magnitudeBits, exampleBits - 1),
      })),
      possible: NUMBERINGS.flatMap((numbering) =>
        PRECISIONS.map((precision) => {
          const own = precision === PRECISIONS[0] ? exampleBits - 1 : Number.POSITIVE_INFINITY
          const least = (known: number) => threshold - marginAfter(sum, known, own)
          const early = numbering === NUMBERINGS[0]
          // Without a magnitude bit the partial sum is 0.
          const goesOn = (known: number, partialSum: number) => partialSum >= least(known)
          return {
            numbering,
            precision,
            cycle1SumAtLeast: early ? null : least(1),
            cycle2SumBelow: least(early ? 1 : 2),
            assignments: lost.all,
            stopInCycle2: lost.count((first, second) =>
              early ? goesOn(0, 0) && !goesOn(1, first) : goesOn(1, first) && !goesOn(2, second),
            ),
          }
        }),
      ),
      exactness: SCORE_KINDS.map((kind) => {
        const { scores, ...counts } = measureExactness(params, kind, rng)
        return { scores: kind, count: scores, ...counts }
      }),
      widths: [
        { sum: 'of one cycle' as const, largest: width * top * digit },
        { sum: 'of all cycles' as const, largest: width * top * top },
      ].map((row) => ({ ...row, bits: signedBits(row.largest) })),
    }
  },
  claims: {
    'leopard.fig3-threshold': (_, p) => p.threshold,
    'leopard.fig3-elements': (_, p) => p.q.length,
    'leopard.fig3-concordant-sum': ({ margins }) => margins[0]?.concordantSum,
    'leopard.fig3-margin0': ({ margins }) => margins[0]?.infinite,
    'leopard.fig3-margin1': ({ margins }) => margins[1]?.infinite,
    'leopard.fig3-stop-cycle': {
      predict: ({ cycles }) => cycles.find(({ does }) => does === 'stops: pruned')?.cycle,
      calibrated: {
        parameter: 'q, k',
        method:
          'the discordant q and the bits of K are lost; ours are chosen so that the example stops in cycle 2; nor can it be told which margin belongs to cycle 2: 7 if the signs take cycle 1, as on the hardware, or 3.5',
        window: 'a quarter to a third of what they can be, by numbering of the rows (table possible)',
      },
    },
    'leopard.early-exact': ({ exactness }) => exactness.reduce((sum, row) => sum + row.wronglyPruned, 0),
    'leopard.hw-stop-rule': ({ exactness }) => exactness.every(({ otherwiseStopped }) => otherwiseStopped === 0),
    'leopard.hw-max-cycles': ({ exactness }) => Math.max(...exactness.map(({ longestCycles }) => longestCycles)),
    'leopard.hw-acc-bits': ({ widths }) => widths[0]?.bits,
  },
  figure: ({ cycles }, marks) => {
    const x = { field: 'cycle', type: 'ordinal', title: 'cycle', axis: { labelAngle: 0 } }
    const what = ['partial sum P', 'margin M', 'bound P + M']
    const by = { field: 'what', type: 'nominal', sort: what, title: 'quantity' }
    const title = 'value [1]'
    const range = { scale: { domain: [-8, 16] } }
    const threshold = marks.find(({ id }) => id === 'leopard.fig3-threshold')?.predicted
    const values = cycles.flatMap(({ cycle, partialSum, margin, bound, does }) =>
      [partialSum, margin, bound].map((value, i) => ({
        cycle,
        what: what[i],
        value,
        runs: does === 'never runs' ? 'no' : 'yes',
      })),
    )
    return {
      description:
        'Partial sum P, conservative margin M and bound P + M of the worked dot product, cycle by cycle; once the bound is below the threshold, the dashed line, the score is pruned, and hollow points are cycles that never run. Crosses are the two printed margins, the limits of series that ours cut off at the last bit. The paper draws a table of bits, most of which are lost: all but two of its elements of Q and K are our choice.',
      width: 440,
      height: 240,
      layer: [
        {
          data: { values },
          mark: { type: 'line' },
          encoding: { x, y: along('value', title, range), color: by, strokeDash: by },
        },
        ...(['yes', 'no'] as const).map((runs) => ({
          data: { values: values.filter((row) => row.runs === runs) },
          mark: { type: 'point', size: 60, opacity: 1, ...(runs === 'yes' ? { filled: true } : { fill: 'white' }) },
          encoding: {
            x,
            y: along('value', title, range),
            color: by,
            shape: by,
            detail: { field: 'runs', type: 'nominal', title: 'cycle runs' },
          },
        })),
        ...(threshold === undefined
          ? []
          : [
              {
                data: { values: [{}] },
                mark: { type: 'rule', strokeDash: [4, 3], aria: false },
                encoding: { y: { datum: threshold } },
              },
            ]),
        printedCrosses(
          [1, 2].flatMap((cycle) => {
            const printed = printedAt(marks, `leopard.fig3-margin${cycle - 1}`)
            return printed === null ? [] : [{ cycle, printed }]
          }),
          { x, y: along('printed', title, { ...range, says: 'printed margin [1]' }) },
        ),
      ],
    }
  },
})

export default fig03
await main(import.meta, fig03)
