#!/usr/bin/env -S npx tsx
import {
  type CycleEnergy,
  energyPerBitRange,
  type GranularityPoint,
  granularityEnergy,
  latchWindow,
  meanCycles,
  type PruningCounts,
  processedBitShare,
  statisticsOf,
} from '../../lib/accelerators/leopard/mod.ts'
import { along, experiment, main, printedAt, printedCrosses, tables } from '../../lib/harness/mod.ts'
import { mean } from '../../lib/numeric/mod.ts'
import { ENERGY_PARAMS, latchOf, WIDTH_EXPONENT_CALIBRATION } from './shared/energy-params.ts'
import { leopard, lowest } from './shared/paper.ts'
import { FORMAT_PARAMS, PAPER_FORMAT } from './shared/tile-params.ts'
import { PAPER_WORKLOADS, trainedCounts, WORKLOAD_PARAMS } from './shared/workloads.ts'

/** The step the paper chose. */
const CHOSEN = 2
/** The step to which the paper normalises. */
const FULL_WIDTH = 12
/** Sources of the histogram: ours with and without empty slots, and our bits at the printed rate. */
const ORIGINS = ['trained, padding counted', 'trained, padding left out', 'printed rate, bits of our training'] as const
type Origin = (typeof ORIGINS)[number]

/** Exponents of the width and buffer shares that table windows looks at. */
const EXPONENTS = [1, 1.25, 1.3, 1.5]
const BUFFER_SHARES = [0, 0.5]
/** How finely, and how far, table exponents looks. */
const EXPONENT_STEP = 0.01
const MOST_EXPONENT = 4

/** Counts with the share of kept scores that a pruning rate leaves. */
function atRate(counts: PruningCounts, prunedShare: number): PruningCounts {
  const pruned = counts.prunedAfterBits.reduce((sum, count) => sum + count, 0)
  if (pruned === 0 || prunedShare === 0) return counts
  return { ...counts, keptScores: (pruned * (1 - prunedShare)) / prunedShare }
}

/** The latch that an energy per bit leaves; null if it would be negative. */
function latchIfAny(energyPerBit: number, widthExponent: number): number | null {
  const { from, below } = energyPerBitRange(PAPER_FORMAT, widthExponent)
  return energyPerBit >= from && energyPerBit < below ? latchOf({ energyPerBit, widthExponent }) : null
}

const fig14 = experiment({
  id: 'leopard/fig14-bits-per-cycle',
  version: '1.0.0',
  paper: 'leopard',
  item: 'Fig. 14',
  title: 'Energy of the QK-DPUs per score over the bits of K they take per cycle',
  params: {
    steps: {
      type: 'integer',
      value: [1, 2, 4, 12],
      max: 12,
      unit: 'bit',
      source: leopard('Sec. 5.4, Fig. 14'),
      description: 'bits of K per cycle (B), each once; must contain 2, which the paper chose',
    },
    energyPerBit: {
      ...ENERGY_PARAMS.energyPerBit,
      description: `${ENERGY_PARAMS.energyPerBit.description}; here it only sets the latches of table exponents`,
    },
    widthExponent: ENERGY_PARAMS.widthExponent,
    latch: {
      type: 'number',
      value: 1.0515,
      min: 0,
      max: 1e6,
      unit: 'bit',
      source: {
        kind: 'derived',
        how: 'with it and the exponent of 1.25 a bit at B = 2 takes the 0.88 of a bit at full width that Fig. 10 was fitted with: 6 (2^1.25 + l)/(12^1.25 + l) = 0.88',
      },
      description: "energy of latching a cycle's result, in multiplications by one bit (l)",
    },
    bufferShare: {
      type: 'number',
      value: 0,
      min: 0,
      max: 1,
      unit: '1',
      source: {
        kind: 'assumed',
        why: 'Fig. 14 also shows the key buffer, without a printed value; 0 lets exponent and latch stand for both',
        range: '0 to 0.64',
      },
      description: 'share of the key buffer, whose energy goes with the bits read, at full width',
    },
    memn2n: {
      ...WORKLOAD_PARAMS.memn2n,
      description: 'bits and rate of the 20 tasks we trained, or their bits at the printed rate for all of them',
    },
    padding: WORKLOAD_PARAMS.padding,
    prunedShare: {
      type: 'number',
      value: PAPER_WORKLOADS[0]?.prunedShare ?? Number.NaN,
      min: 0,
      max: 1,
      unit: '1',
      source: leopard('Fig. 7, Sec. 5.2 (a result of its training, taken as input here)'),
      description: 'the printed rate: share of scores pruned in MemN2N',
    },
  },
  constants: { bits: FORMAT_PARAMS.bits },
  variants: {
    'as-published': { why: "MemN2N's empty slots count as pruned scores", set: { padding: true } },
    corrected: { why: 'empty slots are not counted, as Sec. 5.2 says', set: { padding: false } },
  },
  schema: tables({
    energy: {
      statistics: { type: 'string', enum: ORIGINS, 'x-key': true },
      bitsPerCycle: { type: 'integer', unit: 'bit', 'x-key': true },
      cyclesPerScore: { type: 'number', unit: 'cycle', description: 'mean over scores and tasks' },
      bitsPerScore: { type: 'number', unit: 'bit', description: 'likewise' },
      logic: {
        type: 'number',
        unit: '1',
        description: 'energy per score over that of full width, mean over the tasks',
      },
      keyBuffer: { type: 'number', unit: '1' },
      energy: { type: 'number', unit: '1', description: 'both' },
      perBit: { type: 'number', unit: '1', description: 'energy per processed bit over that of full width' },
      best: { type: 'boolean', description: 'the least of all steps' },
    },
    windows: {
      statistics: { type: 'string', enum: ORIGINS, 'x-key': true },
      widthExponent: { type: 'number', unit: '1', 'x-key': true },
      bufferShare: { type: 'number', unit: '1', 'x-key': true },
      from: {
        type: ['number', 'null'],
        unit: 'bit',
        description: `latch energies for which B = ${CHOSEN} takes the least on average; none: no such energy`,
      },
      to: { type: ['number', 'null'], unit: 'bit', description: 'none beside a number: without an upper end' },
      perBitFrom: {
        type: ['number', 'null'],
        unit: '1',
        description: `energy per processed bit at B = ${CHOSEN} over that of full width, at the lower end; Fig. 10 was fitted with 0.88, Fig. 11 needs 0.81`,
      },
      perBitTo: { type: ['number', 'null'], unit: '1' },
    },
    exponents: {
      statistics: { type: 'string', enum: ORIGINS, 'x-key': true },
      from: {
        type: ['number', 'null'],
        unit: '1',
        description: `exponents, in steps of ${EXPONENT_STEP}, for which B = ${CHOSEN} takes the least with the latch that energyPerBit leaves; none: no such exponent`,
      },
      to: { type: ['number', 'null'], unit: '1' },
      latchFrom: { type: ['number', 'null'], unit: 'bit', description: 'that latch' },
      latchTo: { type: ['number', 'null'], unit: 'bit' },
    },
    tasks: {
      task: { type: 'string', 'x-key': true },
      bitsPerCycle: { type: 'integer', unit: 'bit', 'x-key': true },
      energy: { type: 'number', unit: '1' },
    },
  }),
  run({ params }) {
    const { steps, memn2n, padding, prunedShare, energyPerBit, ...cycle } = params
    if (new Set(steps).size !== steps.length || !steps.includes(CHOSEN)) {
      throw new RangeError(
        `Cannot sweep steps: each must stand once and ${CHOSEN} be among them, got ${steps.join(',')}`,
      )
    }
    const bits = FORMAT_PARAMS.bits.value
    const countsOf = (origin: Origin) =>
      trainedCounts(origin === ORIGINS[0]).map(({ task, counts }) => ({
        task,
        counts: origin === ORIGINS[2] ? atRate(counts, prunedShare) : counts,
      }))
    const pointOf = (counts: PruningCounts, bitsPerCycle: number): GranularityPoint => ({
      bits,
      bitsPerCycle,
      meanCycles: meanCycles(counts, { bits, bitsPerCycle }),
    })
    const meanPoint = (
      tasks: readonly { readonly counts: PruningCounts }[],
      bitsPerCycle: number,
    ): GranularityPoint => ({
      bits,
      bitsPerCycle,
      meanCycles: mean(tasks.map(({ counts }) => pointOf(counts, bitsPerCycle).meanCycles)),
    })
    const bitShare = (tasks: readonly { readonly counts: PruningCounts }[], bitsPerCycle: number) =>
      mean(tasks.map(({ counts }) => processedBitShare(statisticsOf(counts, { bits, bitsPerCycle }), bits)))
    const energyRows = (origin: Origin) => {
      const tasks = countsOf(origin)
      const rows = steps.map((bitsPerCycle) => {
        const energies = tasks.map(({ counts }) => granularityEnergy(pointOf(counts, bitsPerCycle), cycle))
        const logic = mean(energies.map((energy) => energy.logic))
        const keyBuffer = mean(energies.map((energy) => energy.buffer))
        const share = bitShare(tasks, bitsPerCycle)
        return {
          statistics: origin,
          bitsPerCycle,
          cyclesPerScore: meanPoint(tasks, bitsPerCycle).meanCycles,
          bitsPerScore: bits * share,
          logic,
          keyBuffer,
          energy: logic + keyBuffer,
          perBit: (logic + keyBuffer) / share,
        }
      })
      const best = lowest(rows, ({ energy }) => energy)
      return rows.map((row) => ({ ...row, best: row === best }))
    }
    const windowRow = (origin: Origin, shape: Omit<CycleEnergy, 'latch'>) => {
      const tasks = countsOf(origin)
      const points = steps.map((bitsPerCycle) => meanPoint(tasks, bitsPerCycle))
      const window = latchWindow(points, CHOSEN, shape)
      const perBit = (latch: number) => {
        const { logic, buffer } = granularityEnergy(meanPoint(tasks, CHOSEN), { ...shape, latch })
        return (logic + buffer) / bitShare(tasks, CHOSEN)
      }
      const to = window !== null && Number.isFinite(window.to) ? window.to : null
      return {
        statistics: origin,
        widthExponent: shape.widthExponent,
        bufferShare: shape.bufferShare,
        from: window?.from ?? null,
        to,
        perBitFrom: window === null ? null : perBit(window.from),
        perBitTo: to === null ? null : perBit(to),
      }
    }
    const exponentRow = (origin: Origin) => {
      const tasks = countsOf(origin)
      const points = steps.map((bitsPerCycle) => meanPoint(tasks, bitsPerCycle))
      const fitting = Array.from({ length: Math.round(MOST_EXPONENT / EXPONENT_STEP) + 1 }, (_, i) => {
        const widthExponent = Math.round(i * EXPONENT_STEP * 100) / 100
        return { widthExponent, latch: latchIfAny(energyPerBit, widthExponent) }
      }).filter(({ widthExponent, latch }) => {
        const window = latch === null ? null : latchWindow(points, CHOSEN, { ...cycle, widthExponent })
        return window !== null && latch !== null && latch > window.from && latch < window.to
      })
      const [first, last] = [fitting[0], fitting.at(-1)]
      return {
        statistics: origin,
        from: first?.widthExponent ?? null,
        to: last?.widthExponent ?? null,
        latchFrom: first?.latch ?? null,
        latchTo: last?.latch ?? null,
      }
    }
    const own = memn2n === 'paper' ? ORIGINS[2] : padding ? ORIGINS[0] : ORIGINS[1]
    const shapes = [
      ...EXPONENTS.flatMap((widthExponent) => BUFFER_SHARES.map((bufferShare) => ({ widthExponent, bufferShare }))),
      cycle,
    ]
    const different = shapes.filter(
      (shape, i) =>
        shapes.findIndex(
          (other) => other.widthExponent === shape.widthExponent && other.bufferShare === shape.bufferShare,
        ) === i,
    )
    return {
      energy: [own, ...ORIGINS.filter((origin) => origin !== own)].flatMap(energyRows),
      windows: ORIGINS.flatMap((origin) => different.map((shape) => windowRow(origin, shape))),
      exponents: ORIGINS.map(exponentRow),
      tasks: countsOf(own).flatMap(({ task, counts }) =>
        steps.map((bitsPerCycle) => {
          const { logic, buffer } = granularityEnergy(pointOf(counts, bitsPerCycle), cycle)
          return { task, bitsPerCycle, energy: logic + buffer }
        }),
      ),
    }
  },
  claims: {
    'leopard.f14-sweep': (_, p) => [Math.min(...p.steps), Math.max(...p.steps)],
    'leopard.f14-norm': ({ energy }) => ownRows(energy).find(({ bitsPerCycle }) => bitsPerCycle === FULL_WIDTH)?.energy,
    'leopard.f14-best': {
      predict: ({ energy }) => ownRows(energy).find(({ best }) => best)?.bitsPerCycle,
      calibrated: WIDTH_EXPONENT_CALIBRATION,
    },
    'leopard.f14-tradeoff': ({ energy }) => {
      const rows = [...ownRows(energy)].sort((a, b) => a.bitsPerCycle - b.bitsPerCycle)
      return rows.every((row, i) => {
        const finer = rows[i - 1]
        return !finer || (finer.cyclesPerScore > row.cyclesPerScore && finer.bitsPerScore < row.bitsPerScore)
      })
    },
    'leopard.f14-others': {
      unreachable: 'how many bits the scores of the other models take, one by one; their means at B = 2 are printed',
    },
  },
  errata: [
    {
      where: 'Fig. 11 against Fig. 14, energy of the bit-serial front-end',
      printed: '2.3x less by bit-serial execution on MemN2N; storing intermediate results costs energy',
      shouldBe: 'undecided',
      arithmetic:
        "2.3x on top of pruning needs 0.81 of the full width's energy per processed bit (fig11-energy-breakdown), yet a latch after every two bits can only add to it where multipliers take energy in proportion to their bits: above 1 for every latch in table windows at exponent 1",
    },
  ],
  figure: ({ energy, tasks }, marks) => {
    const own = ownRows(energy)
    const x = { field: 'bitsPerCycle', type: 'ordinal', title: 'bits per cycle, B [bit]', axis: { labelAngle: 0 } }
    const title = ['energy per score,', 'over that at full width [1]']
    // By default one share stands for both parts, and then there is nothing to tell apart.
    const split = own.some(({ keyBuffer }) => keyBuffer > 0)
    const parts = own.flatMap(({ bitsPerCycle, logic, keyBuffer }) => [
      { bitsPerCycle, part: split ? 'Q x K logic' : 'logic and key buffer', energy: logic },
      { bitsPerCycle, part: 'key buffer', energy: keyBuffer },
    ])
    const norm = printedAt(marks, 'leopard.f14-norm')
    return {
      description:
        'Energy of the QK-DPUs per score over that at 12 bits per cycle, as bars, the mean over the 20 MemN2N tasks, by the bits of a key taken per cycle; points are the tasks. The cross is the printed unit at 12 bits; of the others the paper prints only which takes the least. Its split into logic and key buffer is lost: by default one share stands for both.',
      width: 380,
      height: 250,
      layer: [
        {
          data: { values: parts.filter((row) => row.energy > 0) },
          mark: 'bar',
          encoding: {
            x,
            y: along('energy', title),
            color: { field: 'part', type: 'nominal', sort: null, title: 'part' },
          },
        },
        {
          data: { values: tasks },
          mark: {
            type: 'point',
            filled: true,
            size: 16,
            color: 'white',
            stroke: 'black',
            strokeWidth: 0.6,
            opacity: 1,
          },
          encoding: {
            x,
            y: along('energy', title, { says: 'energy of the task [1]' }),
            detail: { field: 'task', type: 'nominal', title: 'task' },
          },
        },
        printedCrosses(norm === null ? [] : [{ bitsPerCycle: FULL_WIDTH, norm }], {
          x,
          y: along('norm', title, { says: 'printed energy [1]' }),
        }),
      ],
    }
  },
})

type EnergyRow = {
  readonly statistics: string
  readonly bitsPerCycle: number
  readonly cyclesPerScore: number
  readonly bitsPerScore: number
  readonly logic: number
  readonly keyBuffer: number
  readonly energy: number
  readonly best: boolean
}
/** The run's own rows, which stand first. */
const ownRows = (rows: readonly EnergyRow[]) => rows.filter(({ statistics }) => statistics === rows[0]?.statistics)

export default fig14
await main(import.meta, fig14)
