#!/usr/bin/env -S npx tsx
import { crossesAlong, experiment, type FigureSpec, legendLine, main, tables } from '../../lib/harness/mod.ts'
import {
  METRIC_COLUMNS,
  METRICS,
  type Metric,
  SPACE,
  type SpaceResults,
  SWITCH_NAMES,
  sweepSpace,
} from './shared/assumption-space.ts'
import { EDGEBERT_MM2, HMA_CONSTANTS, SCENARIO_PARAMS } from './shared/hma-params.ts'
import { adapterAlbert } from './shared/paper.ts'
import {
  bestFit,
  cloudOf,
  combinationsWith,
  countWithin,
  describeChoices,
  GROUP_NAMES,
  GROUPS,
  logErrors,
  rangeOf,
  SUBSETS,
  subsetOf,
  type Targets,
  worstFactor,
} from './shared/space-analysis.ts'

/** Factors by which the printed numbers may be missed. */
const FACTORS = [1.05, 1.25, 2, 3, 5, 10]
/** How near to one printed latency the other one is looked at, both ways. */
const NEARNESS = [0.05, 0.25] as const
const CELLS_PER_DECADE = 5

const space = experiment({
  id: 'adapter-albert/fig06-assumption-space',
  version: '1.0.0',
  paper: 'adapter-albert',
  item: 'Fig. 6, all assumptions',
  title:
    'Thirteen switches that the text leaves open: which combinations give the printed numbers, and what none can give',
  params: {
    ...SCENARIO_PARAMS,
    targets: {
      type: 'number',
      value: [2.04, 146.78, 2.46, 5.9, 682, 62],
      min: 1e-6,
      max: 1e9,
      unit: 'x',
      source: adapterAlbert('Sec. IV-C (results of the paper, here the numbers that readings are held against)'),
      description: `${METRICS.join(', ')}: reductions against vanilla in FP32`,
    },
  },
  constants: { ...HMA_CONSTANTS, edgebertMm2: EDGEBERT_MM2 },
  schema: tables({
    numbers: {
      number: { type: 'string', enum: METRICS, 'x-key': true, description: 'reduction against vanilla in FP32' },
      target: { type: 'number', unit: 'x' },
      least: { type: 'number', unit: 'x' },
      largest: { type: 'number', unit: 'x' },
      within5Percent: {
        type: 'integer',
        unit: '1',
        description: 'combinations that miss the target by a factor of 1.05 at most',
      },
      within25Percent: { type: 'integer', unit: '1' },
      alone: { type: 'string', description: 'the combination that comes closest to this number alone' },
    },
    together: {
      subset: { type: 'string', enum: SUBSETS, 'x-key': true },
      numbers: { type: 'string', enum: GROUP_NAMES, 'x-key': true },
      combinations: { type: 'integer', unit: '1' },
      within1p05: { type: 'integer', unit: '1', description: 'all of these numbers missed by a factor 1.05 at most' },
      within1p25: { type: 'integer', unit: '1' },
      within2: { type: 'integer', unit: '1' },
      within3: { type: 'integer', unit: '1' },
      within5: { type: 'integer', unit: '1' },
      within10: { type: 'integer', unit: '1' },
    },
    best: {
      subset: { type: 'string', enum: SUBSETS, 'x-key': true },
      numbers: { type: 'string', enum: GROUP_NAMES, 'x-key': true },
      rmsFactor: { type: 'number', unit: '1', description: 'e to the root mean square of the logarithmic errors' },
      worstFactor: { type: 'number', unit: '1' },
      ...METRIC_COLUMNS,
      switches: { type: 'string' },
    },
    bounds: {
      bound: { type: 'string', 'x-key': true },
      subset: { type: 'string', enum: SUBSETS, 'x-key': true },
      needed: { type: 'number', unit: '1', description: 'what the targets need' },
      least: { type: 'number', unit: '1' },
      largest: { type: 'number', unit: '1' },
      byTerms: {
        type: ['number', 'null'],
        unit: '1',
        description:
          'the most that it could be with the same terms and any weights: the largest ratio of a term to its counterpart; none where a term has none, or for bounds that are no ratio of two such sums',
      },
      reached: { type: 'boolean', description: 'some combination has as much' },
    },
    exclusion: {
      given: { type: 'string', enum: METRICS, 'x-key': true },
      withinPercent: { type: 'number', unit: '%', 'x-key': true, description: 'of its target' },
      combinations: { type: 'integer', unit: '1' },
      other: { type: 'string', enum: METRICS },
      target: { type: 'number', unit: 'x' },
      least: { type: ['number', 'null'], unit: 'x' },
      largest: { type: ['number', 'null'], unit: 'x' },
    },
    choices: {
      switch: { type: 'string', enum: SWITCH_NAMES, 'x-key': true },
      choice: { type: 'string', 'x-key': true },
      combinations: { type: 'integer', unit: '1' },
      within2: { type: 'integer', unit: '1', description: 'all six numbers missed by a factor 2 at most' },
      within3: { type: 'integer', unit: '1' },
      bestRmsFactor: { type: 'number', unit: '1' },
      allRoundPercent: {
        type: 'number',
        unit: '%',
        description:
          'in which adapter-ALBERT beats vanilla of the same format in area, energy and latency, in all formats',
      },
    },
    cloud: {
      format: { type: 'string', enum: ['FP32', 'Q3.5'], 'x-key': true },
      latencyDecade: { type: 'number', unit: '1', 'x-key': true, description: 'log10 of the reduction, lower edge' },
      energyDecade: { type: 'number', unit: '1', 'x-key': true },
      combinations: { type: 'integer', unit: '1' },
    },
  }),
  run({ params, files }) {
    const targets = targetsOf(params.targets)
    const results = sweepSpace(params, files)
    const { values, count } = results
    const errors = logErrors(results, targets)
    const near = (number: Metric, share: number) =>
      everything.filter((index) => worstFactor(errors, [number], index) <= 1 + share)
    const subsets = SUBSETS.map((subset) => ({ subset, among: subsetOf(subset, count) }))
    const everything = subsetOf('all', count)
    const groups = subsets.flatMap(({ subset, among }) => GROUP_NAMES.map((numbers) => ({ subset, among, numbers })))
    return {
      numbers: METRICS.map((number) => {
        const [least, largest] = rangeOf(values[number], everything) ?? NO_RANGE
        const [within5Percent = 0, within25Percent = 0] = NEARNESS.map((share) => near(number, share).length)
        const closest = bestFit(errors, [number], everything)
        return {
          number,
          target: targets[number],
          least,
          largest,
          within5Percent,
          within25Percent,
          alone: closest ? describeChoices(closest.index) : '',
        }
      }),
      together: groups.map(({ subset, among, numbers }) => {
        const [within1p05 = 0, within1p25 = 0, within2 = 0, within3 = 0, within5 = 0, within10 = 0] = countWithin(
          errors,
          GROUPS[numbers],
          among,
          FACTORS,
        )
        return {
          subset,
          numbers,
          combinations: among.length,
          within1p05,
          within1p25,
          within2,
          within3,
          within5,
          within10,
        }
      }),
      best: groups.flatMap(({ subset, among, numbers }) => {
        const found = bestFit(errors, GROUPS[numbers], among)
        if (!found) return []
        const six = Object.fromEntries(METRICS.map((name) => [name, values[name][found.index] as number]))
        return [
          {
            subset,
            numbers,
            rmsFactor: Math.exp(found.rms),
            worstFactor: found.worstFactor,
            ...(six as Record<Metric, number>),
            switches: describeChoices(found.index),
          },
        ]
      }),
      bounds: subsets.flatMap(({ subset, among }) =>
        boundsOf(results, targets, among).map((row) => ({ subset, ...row })),
      ),
      exclusion: (
        [
          ['latencyFp32', 'latencyQ35'],
          ['latencyQ35', 'latencyFp32'],
          ['energyFp32', 'energyQ35'],
          ['energyQ35', 'energyFp32'],
        ] as const
      ).flatMap(([given, other]) =>
        NEARNESS.map((share) => {
          const among = near(given, share)
          const [least, largest] = rangeOf(values[other], among) ?? [null, null]
          return {
            given,
            withinPercent: 100 * share,
            combinations: among.length,
            other,
            target: targets[other],
            least,
            largest,
          }
        }),
      ),
      choices: SWITCH_NAMES.flatMap((name) =>
        SPACE[name].map((choice) => {
          const among = combinationsWith([[name, [choice]]], count)
          const [within2 = 0, within3 = 0] = countWithin(errors, METRICS, among, [2, 3])
          const best = bestFit(errors, METRICS, among)
          const allRound = among.reduce((sum, index) => sum + (results.allRound[index] as number), 0)
          return {
            switch: name,
            choice,
            combinations: among.length,
            within2,
            within3,
            bestRmsFactor: Math.exp(best?.rms ?? 0),
            allRoundPercent: (100 * allRound) / among.length,
          }
        }),
      ),
      cloud: (
        [
          ['FP32', values.latencyFp32, values.energyFp32],
          ['Q3.5', values.latencyQ35, values.energyQ35],
        ] as const
      ).flatMap(([format, latency, energy]) =>
        cloudOf(latency, energy, CELLS_PER_DECADE).map(({ x, y, combinations }) => ({
          format,
          latencyDecade: x,
          energyDecade: y,
          combinations,
        })),
      ),
    }
  },
  claims: {},
  sensitivity: {
    table: 'choices',
    labels: ['switch', 'choice'],
    values: ['bestRmsFactor'],
    title: 'closest combination: factor off the six numbers, root mean square [1]',
    base: ({ best }) =>
      best.find(({ subset, numbers }) => subset === 'all' && numbers === 'all six')?.rmsFactor ?? Number.NaN,
  },
  figure: ({ cloud, numbers, bounds }) => figureOf(cloud, numbers, bounds),
})

const NO_RANGE = [0, 0] as const

/**
 * The numbers to hold combinations against.
 *
 * @throws {RangeError} if there are not as many as there should be
 */
function targetsOf(list: readonly number[]): Targets {
  if (list.length !== METRICS.length) {
    throw new RangeError(
      `Cannot set targets: there must be ${METRICS.length} numbers (${METRICS.join(', ')}), got ${list.length}`,
    )
  }
  return Object.fromEntries(METRICS.map((name, i) => [name, list[i]])) as Record<Metric, number>
}

/** What follows from two or more of the numbers together. */
function boundsOf({ values, energyBound, formatBound }: SpaceResults, targets: Targets, among: Int32Array) {
  const { energyFp32, latencyFp32, energyQ35, latencyQ35 } = values
  const quantities = [
    {
      bound: 'time of adapter-ALBERT, FP32 over Q3.5',
      needed: targets.latencyQ35 / targets.latencyFp32,
      of: (i: number) => (latencyQ35[i] as number) / (latencyFp32[i] as number),
      terms: formatBound,
    },
    {
      bound: 'energy of adapter-ALBERT, FP32 over Q3.5',
      needed: targets.energyQ35 / targets.energyFp32,
      of: (i: number) => (energyQ35[i] as number) / (energyFp32[i] as number),
    },
    {
      bound: 'mean power of adapter-ALBERT, Q3.5 over FP32',
      needed: (targets.latencyQ35 / targets.latencyFp32) * (targets.energyFp32 / targets.energyQ35),
      of: (i: number) =>
        ((latencyQ35[i] as number) * (energyFp32[i] as number)) /
        ((latencyFp32[i] as number) * (energyQ35[i] as number)),
    },
    {
      bound: 'energy in FP32, vanilla over adapter-ALBERT',
      needed: targets.energyFp32,
      of: (i: number) => energyFp32[i] as number,
      terms: energyBound,
    },
    {
      bound: 'mean power in FP32, vanilla over adapter-ALBERT',
      needed: targets.energyFp32 / targets.latencyFp32,
      of: (i: number) => (energyFp32[i] as number) / (latencyFp32[i] as number),
    },
  ]
  return quantities.map(({ bound, needed, of, terms }) => {
    const found = Float64Array.from(among, of)
    const [least, largest] = rangeOf(found, found.keys()) ?? NO_RANGE
    const most = terms ? (rangeOf(terms, among)?.[1] ?? 0) : Number.POSITIVE_INFINITY
    return { bound, needed, least, largest, byTerms: Number.isFinite(most) ? most : null, reached: largest >= needed }
  })
}

function figureOf(
  cloud: readonly {
    readonly format: string
    readonly latencyDecade: number
    readonly energyDecade: number
    readonly combinations: number
  }[],
  numbers: readonly { readonly number: string; readonly target: number }[],
  bounds: readonly object[],
): FigureSpec {
  const edge = 1 / CELLS_PER_DECADE
  const target = (name: string) => numbers.find(({ number }) => number === name)?.target ?? null
  const axis = (field: string, title: string) => ({
    field,
    type: 'quantitative',
    scale: { type: 'log', nice: false },
    title,
    // Said here, as the other end has a title of its own.
    axis: { title, format: '~g', tickCount: 4 },
  })
  const panel = (format: string, suffix: string) => ({
    title: format,
    width: 225,
    height: 220,
    layer: [
      {
        data: {
          values: cloud
            .filter((row) => row.format === format)
            .map(({ latencyDecade, energyDecade, combinations }) => ({
              combinations,
              latency: 10 ** latencyDecade,
              latencyEnd: 10 ** (latencyDecade + edge),
              energy: 10 ** energyDecade,
              energyEnd: 10 ** (energyDecade + edge),
            })),
        },
        mark: { type: 'rect' },
        encoding: {
          x: axis('latency', 'latency reduction [x]'),
          x2: { field: 'latencyEnd', title: 'latency up to [x]' },
          y: axis('energy', 'energy reduction [x]'),
          y2: { field: 'energyEnd', title: 'energy up to [x]' },
          color: {
            field: 'combinations',
            type: 'quantitative',
            scale: { type: 'log', scheme: 'blues', domainMin: 1 },
            title: 'combinations',
            legend: { type: 'symbol', symbolType: 'square', values: [1, 10, 100, 1000], orient: 'bottom' },
          },
        },
      },
      {
        data: { values: [{ latency: target(`latency${suffix}`), printed: target(`energy${suffix}`) }] },
        ...onAxis(crossesAlong('y', 'printed', { title: 'energy reduction [x]' }), {
          x: axis('latency', 'latency reduction [x]'),
        }),
      },
    ],
  })
  const bars = {
    field: 'bound',
    type: 'nominal',
    sort: null,
    title: 'ratio of',
    axis: { title: null, labelLimit: 280, labelExpr: "split(datum.label, ', ')" },
  }
  const ratio = { scale: { type: 'log' }, title: 'ratio [1]', axis: { title: 'ratio [1]', format: '~g' } }
  return {
    description:
      'How many combinations of the switches that the text leaves open give which reduction of latency and energy, for FP32 and Q3.5, both axes logarithmic, and below what all of them span of the ratios that several numbers need together (bars). Crosses are the printed pairs and what the printed numbers need; the paper draws none of this.',
    title: legendLine('fields and bars: all combinations; crosses: printed, or what the printed numbers need'),
    vconcat: [
      { hconcat: [panel('FP32', 'Fp32'), panel('Q3.5', 'Q35')] },
      {
        width: 330,
        height: 170,
        data: { values: bounds },
        transform: [{ filter: { field: 'subset', equal: 'all' } }],
        layer: [
          {
            mark: { type: 'bar', height: 10 },
            encoding: {
              y: bars,
              x: { field: 'least', type: 'quantitative', ...ratio },
              x2: { field: 'largest', title: 'up to [1]' },
            },
          },
          onAxis(crossesAlong('x', 'needed', ratio), { y: bars }),
        ],
      },
    ],
  }
}

/** Crosses with a place on the other axis. */
function onAxis({ encoding, ...layer }: ReturnType<typeof crossesAlong>, other: object) {
  return { ...layer, encoding: { ...encoding, ...other } }
}

export default space
await main(import.meta, space)
