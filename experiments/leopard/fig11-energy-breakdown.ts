#!/usr/bin/env -S npx tsx
import { DESIGNS, type Design, ENERGY_PARTS } from '../../lib/accelerators/leopard/mod.ts'
import { along, experiment, type Mark, main, printedAt, printedCrosses, tables } from '../../lib/harness/mod.ts'
import {
  backEndShareOf,
  ENERGY_PARAMS,
  ENERGY_PER_BIT_CALIBRATION,
  SOFTMAX_CALIBRATION,
} from './shared/energy-params.ts'
import { meanReduction, workloadEnergy } from './shared/energy-study.ts'
import { type Fit, fits } from './shared/paper.ts'
import { TILE_PARAMS } from './shared/tile-params.ts'
import {
  builtInTasks,
  MEMN2N,
  ORIGIN_NAMES,
  ORIGINS,
  tasksByOrigin,
  tasksOf,
  VIT,
  WORKLOAD_PARAMS,
  workloadsOf,
} from './shared/workloads.ts'

/** Claims of the factors Fig. 11's text prints, by workload and factor. */
const FACTOR_CLAIMS: Readonly<Record<string, string>> = {
  [`${MEMN2N} pruning`]: 'leopard.f11-prune-memn2n',
  [`${MEMN2N} bit-serial`]: 'leopard.f11-bs-memn2n',
  [`${VIT} pruning`]: 'leopard.f11-prune-vit',
  [`${VIT} bit-serial`]: 'leopard.f11-bs-vit',
}
const FACTORS = ['pruning', 'bit-serial', 'total'] as const
const NAMES = {
  qk: 'Q x K',
  keyBuffer: 'K buffer',
  softmax: 'softmax',
  xv: 'x V',
  valueBuffer: 'V buffer',
  leakage: 'leakage',
} as const

const BACK_END: Fit = {
  ...SOFTMAX_CALIBRATION,
  method: `${SOFTMAX_CALIBRATION.method}; without softmax, widths alone would give 57 to 64 %`,
  window: '64.5 to 66.3 %, by the rounding of 2.5 (fig10-energy, table windows): on both sides of the printed 65 %',
}
const HIGHEST: Fit = {
  parameter: 'bufferShare',
  method: 'the bars are lost, and the share of the buffers was taken from where the statement holds',
  window: 'shares above 0.43 and below 0.64, between which it holds by the widths of the operands',
}
const PRUNING: Fit = {
  ...SOFTMAX_CALIBRATION,
  method: "rests on softmaxShare, fitted to MemN2N's 2.5x",
  window: `1.64x to 1.67x for ViT-B with ${SOFTMAX_CALIBRATION.window}`,
}
const BOTH = fits(SOFTMAX_CALIBRATION, ENERGY_PER_BIT_CALIBRATION)
const ON_TOP: Fit = {
  ...BOTH,
  method:
    "rests on softmaxShare and energyPerBit, fitted to MemN2N's 2.5x and the mean of 3.9x. With the paper's own statistics the mean is 1.71x; the two means multiply to 3.79 and add to 3.93, so either reading of the printed 2.1x and 1.8x out of 3.9x fits",
}

const fig11 = experiment({
  id: 'leopard/fig11-energy-breakdown',
  version: '1.0.0',
  paper: 'leopard',
  item: 'Fig. 11',
  title: 'Energy by component: baseline, with pruning alone, and with bit-serial early termination',
  params: { ...ENERGY_PARAMS, ...TILE_PARAMS, ...WORKLOAD_PARAMS },
  variants: {
    'as-published': {
      why: "what runs costs and nothing leaks; MemN2N's empty slots count as pruned scores",
      set: { leakageShare: 0, padding: true },
    },
    corrected: {
      why: 'empty slots are not counted, and a surviving score takes one cycle in both designs, as Secs. 5.1 and 5.2 say',
      set: { padding: false, vpuCyclesPerScore: 1, baselineVpuCyclesPerScore: 1 },
    },
  },
  schema: tables({
    breakdown: {
      workload: { type: 'string', 'x-key': true, description: 'AE, mean over its tasks' },
      design: { type: 'string', enum: DESIGNS, 'x-key': true },
      qkPercent: { type: 'number', unit: '%', description: "of the baseline's energy" },
      keyBufferPercent: { type: 'number', unit: '%' },
      softmaxPercent: { type: 'number', unit: '%' },
      xvPercent: { type: 'number', unit: '%' },
      valueBufferPercent: { type: 'number', unit: '%' },
      leakagePercent: {
        type: 'number',
        unit: '%',
        description: 'not among the five parts of Fig. 11; none by default',
      },
      totalPercent: { type: 'number', unit: '%' },
    },
    factors: {
      workload: { type: 'string', 'x-key': true, description: 'AE, of the mean energies above' },
      statistics: { type: 'string', enum: ['this run', 'paper'], 'x-key': true },
      factor: { type: 'string', enum: FACTORS, 'x-key': true },
      reduction: { type: 'number', unit: '1' },
      claim: { type: ['string', 'null'], 'x-claim': 'reduction', description: 'none where the paper prints none' },
    },
    means: {
      statistics: { type: 'string', enum: ORIGIN_NAMES, 'x-key': true },
      factor: {
        type: 'string',
        enum: [...FACTORS, 'product', 'sum'],
        'x-key': true,
        description: 'AE, mean of the tasks own ratios; product and sum of the two means',
      },
      reduction: { type: 'number', unit: '1' },
      claim: { type: ['string', 'null'], 'x-claim': 'reduction' },
    },
    baseline: {
      share: { type: 'string', 'x-key': true },
      percent: { type: 'number', unit: '%' },
    },
  }),
  run({ params, files }) {
    const own = tasksOf(params, files)
    const paper = builtInTasks(params, ORIGINS.paper)
    const energy = (tasks: typeof own, workload: string, design: Design) =>
      workloadEnergy(
        params,
        tasks.filter((task) => task.workload === workload),
        { design, config: 'AE' },
      )
    const breakdown = workloadsOf(own).flatMap((workload) =>
      DESIGNS.map((design) => {
        const { parts, leakage, total } = energy(own, workload, design)
        return {
          workload,
          design,
          qkPercent: 100 * parts.qk,
          keyBufferPercent: 100 * parts.keyBuffer,
          softmaxPercent: 100 * parts.softmax,
          xvPercent: 100 * parts.xv,
          valueBufferPercent: 100 * parts.valueBuffer,
          leakagePercent: 100 * leakage,
          totalPercent: 100 * total,
        }
      }),
    )
    const factors = (tasks: typeof own, statistics: 'this run' | 'paper') =>
      workloadsOf(tasks).flatMap((workload) => {
        const [baseline, pruned, all] = DESIGNS.map((design) => energy(tasks, workload, design).total) as [
          number,
          number,
          number,
        ]
        return FACTORS.map((factor) => ({
          workload,
          statistics,
          factor,
          reduction: { pruning: baseline / pruned, 'bit-serial': pruned / all, total: baseline / all }[factor],
          claim: FACTOR_CLAIMS[`${workload} ${factor}`] ?? null,
        }))
      })
    return {
      breakdown,
      factors: [
        ...factors(own, 'this run'),
        ...factors(
          paper.filter(({ workload }) => workload === MEMN2N),
          'paper',
        ),
      ],
      means: tasksByOrigin(params, own).flatMap(({ statistics, tasks }) => {
        const { pruning, bitSerial, total } = meanReduction(params, tasks, 'AE')
        return [
          { statistics, factor: 'pruning' as const, reduction: pruning, claim: 'leopard.intro-energy-pruning' },
          { statistics, factor: 'bit-serial' as const, reduction: bitSerial, claim: 'leopard.intro-energy-bitserial' },
          { statistics, factor: 'total' as const, reduction: total, claim: null },
          { statistics, factor: 'product' as const, reduction: pruning * bitSerial, claim: null },
          { statistics, factor: 'sum' as const, reduction: pruning + bitSerial, claim: null },
        ]
      }),
      baseline: [{ share: 'back-end: softmax, x V, V buffer', percent: 100 * backEndShareOf(params) }],
    }
  },
  claims: {
    'leopard.f11-components': () => ENERGY_PARTS.length,
    'leopard.f11-backend-share': { predict: ({ baseline }) => baseline[0]?.percent, calibrated: BACK_END },
    'leopard.f11-base-highest': {
      predict: ({ breakdown }) =>
        breakdown
          .filter(({ design }) => design === 'baseline')
          .every((row) => {
            const others = Math.max(row.qkPercent, row.keyBufferPercent, row.softmaxPercent)
            return Math.min(row.xvPercent, row.valueBufferPercent) > others
          }),
      calibrated: HIGHEST,
    },
    'leopard.f11-prune-vit': { predict: ({ factors }) => factorOf(factors, VIT, 'pruning'), calibrated: PRUNING },
    'leopard.f11-prune-memn2n': {
      predict: ({ factors }) => factorOf(factors, MEMN2N, 'pruning', 'paper'),
      calibrated: {
        ...SOFTMAX_CALIBRATION,
        method: `${SOFTMAX_CALIBRATION.method}; predicted with the paper's mean for MemN2N`,
      },
    },
    'leopard.f11-bs-vit': { predict: ({ factors }) => factorOf(factors, VIT, 'bit-serial'), calibrated: BOTH },
    'leopard.f11-bs-memn2n': { predict: ({ factors }) => factorOf(factors, MEMN2N, 'bit-serial'), calibrated: BOTH },
    'leopard.intro-energy-pruning': {
      predict: ({ means }) => meanFactor(means, 'pruning'),
      calibrated: SOFTMAX_CALIBRATION,
    },
    'leopard.intro-energy-bitserial': { predict: ({ means }) => meanFactor(means, 'bit-serial'), calibrated: ON_TOP },
  },
  reasons: {
    'leopard.f11-bs-vit': {
      kind: 'finding',
      text: "1.65x and 1.19x make the printed 2.0x in all (fig10-energy); the printed 1.7 x 1.3 = 2.2 does not. With 82 % of ViT-B's bits processed, 1.3x would need 0.72 of the baseline's energy per bit, 0.88 is what the mean of 3.9x allows",
    },
    'leopard.f11-bs-memn2n': {
      kind: 'finding',
      text: "with the paper's own statistics, 43 % of the bits processed, 2.17x comes out (table factors); 2.3x needs 0.81 of the baseline's energy per bit, 0.88 is what the mean of 3.9x allows. The rest is the rates and bits of the tasks we trained",
    },
    'leopard.intro-energy-pruning': {
      kind: 'residual',
      text: "with the paper's own statistics 2.22x; 2.1x for all, 2.5x for MemN2N and 1.7x for ViT-B do not go together at one back-end share",
    },
  },
  errata: [
    {
      where: 'Sec. 1, 2.1x and 1.8x out of 3.9x',
      printed: '3.9x, with 2.1x and 1.8x stemming from pruning and early termination',
      shouldBe: 'undecided',
      arithmetic:
        '2.1 x 1.8 = 3.78 as factors, 2.1 + 1.8 = 3.9 as a sum that has no meaning; means of ratios do not multiply, so the factors may be right (3.59 to 3.98 by their rounding)',
    },
  ],
  headlines: {
    'leopard.intro-energy-pruning':
      "2.22 with the paper's statistics; its 2.1 for all, 2.5 for MemN2N, 1.7 for ViT-B fit no one back-end share; 1.90 without empty slots",
    'leopard.intro-energy-bitserial':
      "rests on the fits to 2.5x and 3.9x: 1.71 with the paper's statistics, 1.73 with our MemN2N tasks, 1.40 if empty slots are left out",
  },
  figure: ({ breakdown }, marks) => {
    const parts = (Object.keys(NAMES) as (keyof typeof NAMES)[]).filter((part) =>
      breakdown.some((row) => row[`${part}Percent`] > 0),
    )
    const names = parts.map((part) => NAMES[part])
    const top = Math.max(...breakdown.map(({ totalPercent }) => totalPercent))
    // One scale for all panels; a sum of 100 may end a last bit above it.
    const domain = [0, 10 * Math.ceil(top / 10 - 1e-9)]
    return {
      description:
        'Energy of a head by component, stacked, in percent of the baseline, a panel for each workload: of the baseline, with pruning alone (LeOPArd-P) and with bit-serial early termination on top (LeOPArd). Crosses are what the printed factors of MemN2N and ViT-B leave; no height of a bar is readable.',
      spacing: 8,
      bounds: 'flush',
      hconcat: [...new Set(breakdown.map(({ workload }) => workload))].map((name, i) => {
        const x = { field: 'design', type: 'nominal', sort: null, title: 'design', axis: { title: null } }
        const y = (field: string, says: string) =>
          along(field, i === 0 ? 'energy [% of baseline]' : null, {
            says,
            scale: { domain, clamp: true },
            axis: { labels: i === 0, ticks: i === 0 },
          })
        return {
          width: 84,
          height: 240,
          title: { text: name.split(' '), fontSize: 11 },
          layer: [
            {
              data: {
                values: breakdown
                  .filter(({ workload }) => workload === name)
                  .flatMap((row) =>
                    parts.map((part, order) => ({
                      design: row.design,
                      part: NAMES[part],
                      order,
                      percent: row[`${part}Percent`],
                      says: `${name}, ${row.design}: ${NAMES[part]} ${row[`${part}Percent`].toFixed(1)} % of the baseline`,
                    })),
                  ),
              },
              mark: 'bar',
              encoding: {
                x,
                y: y('percent', 'energy [% of baseline]'),
                color: { field: 'part', type: 'nominal', sort: names, title: 'component' },
                order: { field: 'order', type: 'quantitative' },
                description: { field: 'says', type: 'nominal' },
              },
            },
            printedCrosses(printedTotals(name, marks), { x, y: y('printed', 'left by the printed factors [%]') }),
          ],
        }
      }),
      config: { legend: { orient: 'top' } },
    }
  },
})

/** Energies that the printed factors of a workload leave of the baseline's, %. */
function printedTotals(workload: string, marks: readonly Mark[]) {
  const [pruning, bitSerial] = ['pruning', 'bit-serial'].map((factor) =>
    printedAt(marks, FACTOR_CLAIMS[`${workload} ${factor}`]),
  )
  if (!pruning || !bitSerial) return []
  return [
    { design: DESIGNS[1], printed: 100 / pruning },
    { design: DESIGNS[2], printed: 100 / (pruning * bitSerial) },
  ]
}

type FactorRow = {
  readonly workload: string
  readonly statistics: string
  readonly factor: string
  readonly reduction: number
}
const factorOf = (rows: readonly FactorRow[], workload: string, factor: string, statistics = 'this run') =>
  rows.find((row) => row.workload === workload && row.factor === factor && row.statistics === statistics)?.reduction
const meanFactor = (rows: readonly Omit<FactorRow, 'workload'>[], factor: string) =>
  rows.find((row) => row.statistics === 'this run' && row.factor === factor)?.reduction

export default fig11
await main(import.meta, fig11)
