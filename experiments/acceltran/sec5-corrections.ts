#!/usr/bin/env -S npx tsx
import { ACCELTRAN_QUIRKS, type AccelTranQuirk } from '../../lib/accelerators/acceltran/mod.ts'
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { HEADLINE_NAMES, HEADLINE_TEXTS, HEADLINES, type Headline, headlines } from './shared/headlines.ts'
import { allQuirks, BLOCK_CONSTANTS, NO_QUIRKS, QUIRK_NAMES, QUIRK_PARAMS } from './shared/simulation-params.ts'

const PUBLISHED = 'as published'
const CORRECTED = 'all corrected'

/** A conclusion of the paper: the headlines it rests on, and when it holds. */
interface Conclusion {
  readonly text: string
  readonly headline: Headline
  holds(values: Values): boolean
}
type Values = Readonly<Record<Headline, number | null>>

const above = (headline: Headline, bound: number) => (values: Values) => (values[headline] ?? Number.NaN) > bound

const CONCLUSIONS: readonly Conclusion[] = [
  {
    text: 'staggered heads are faster than heads of equal priority (Sec. III-B8)',
    headline: 'staggeringGainPercent',
    holds: above('staggeringGainPercent', 0),
  },
  {
    text: 'softmax modules draw more power than MAC lanes (Sec. V-D)',
    headline: 'softmaxPercent',
    holds: above('softmaxPercent', 50),
  },
  {
    text: 'leakage is low (Sec. V-D): less than a tenth of the energy',
    headline: 'leakagePercent',
    holds: (values) => (values.leakagePercent ?? Number.NaN) < 10,
  },
  {
    text: 'low-power mode saves about as much power as it costs throughput (Sec. V-D, Table III): nine tenths of it at least',
    headline: 'lowPowerSavingPercent',
    holds: ({ lowPowerSavingPercent, lowPowerLossPercent }) =>
      lowPowerSavingPercent !== null &&
      lowPowerLossPercent !== null &&
      lowPowerSavingPercent >= 0.9 * lowPowerLossPercent,
  },
  {
    text: 'more sparsity gives more throughput and less energy (Sec. V-E)',
    headline: 'sparserGainPercent',
    holds: (values) => above('sparserGainPercent', 0)(values) && above('sparserSavingPercent', 0)(values),
  },
  {
    text: 'DynaTran is worth more than movement pruning (Table IV)',
    headline: 'dynaTranGain',
    holds: ({ dynaTranGain, pruningGain }) =>
      dynaTranGain !== null && pruningGain !== null && dynaTranGain > pruningGain,
  },
  {
    text: 'RRAM nearly doubles the throughput, the load of the embeddings left out (Table IV): by 1.75 at least',
    headline: 'rramGain',
    holds: above('rramGain', 1.75),
  },
  {
    text: 'RRAM saves energy against DRAM (Sec. V-G)',
    headline: 'rramEnergySavingPercent',
    holds: above('rramEnergySavingPercent', 0),
  },
  {
    text: 'BERT-Base runs on the server (Sec. V-F)',
    headline: 'bertBaseCycles',
    holds: above('bertBaseCycles', 0),
  },
]

const corrections = experiment({
  id: 'acceltran/sec5-corrections',
  version: '1.0.0',
  paper: 'acceltran',
  item: 'Sec. V',
  title: 'What each correction does to each headline, and which conclusions survive all of them',
  params: { reportPeriod: QUIRK_PARAMS.reportPeriod },
  constants: BLOCK_CONSTANTS,
  schema: tables({
    conclusions: {
      conclusion: { type: 'string', 'x-key': true },
      headline: { type: 'string', enum: HEADLINE_NAMES },
      published: {
        type: ['number', 'null'],
        unit: 'its unit',
        description: 'the headline with the published rules; none if no batch finishes',
      },
      corrected: { type: ['number', 'null'], unit: 'its unit', description: 'with all of them corrected' },
      holdsAsPublished: { type: 'boolean' },
      survives: { type: 'boolean', description: 'holds with all rules corrected' },
      decidedBy: { type: 'string', description: 'corrections that alone turn it over' },
    },
    headlines: {
      correction: {
        type: 'string',
        'x-key': true,
        description:
          'the rule that alone is corrected, all others as published (--help of the other experiments says what each is)',
      },
      headline: { type: 'string', enum: HEADLINE_NAMES, 'x-key': true },
      value: { type: ['number', 'null'], unit: 'its unit' },
      unit: { type: 'string' },
      changePercent: { type: ['number', 'null'], unit: '%', description: 'against the published rules' },
    },
    legend: {
      name: { type: 'string', 'x-key': true },
      what: { type: 'string' },
    },
  }),
  run({ params }) {
    const published = { ...allQuirks(true), ...params }
    const runs: readonly (readonly [name: string, values: Values])[] = [
      [PUBLISHED, headlines(published)],
      ...QUIRK_NAMES.map((quirk) => [quirk, headlines({ ...published, [quirk]: false })] as const),
      [CORRECTED, headlines({ ...NO_QUIRKS, ...params })],
    ]
    const valuesOf = (name: string) => runs.find(([own]) => own === name)?.[1] as Values
    const before = valuesOf(PUBLISHED)
    const after = valuesOf(CORRECTED)
    return {
      conclusions: CONCLUSIONS.map(({ text, headline, holds }) => ({
        conclusion: text,
        headline,
        published: before[headline],
        corrected: after[headline],
        holdsAsPublished: holds(before),
        survives: holds(after),
        decidedBy: QUIRK_NAMES.filter((quirk) => holds(valuesOf(quirk)) !== holds(before)).join(', '),
      })),
      headlines: runs.flatMap(([correction, values]) =>
        HEADLINE_NAMES.map((headline) => {
          const [value, published] = [values[headline], before[headline]]
          return {
            correction,
            headline,
            value,
            unit: HEADLINES[headline],
            changePercent:
              value === null || published === null || published === 0 ? null : 100 * (value / published - 1),
          }
        }),
      ),
      legend: [
        ...HEADLINE_NAMES.map((name) => ({ name: name as string, what: HEADLINE_TEXTS[name] })),
        ...(Object.keys(ACCELTRAN_QUIRKS) as AccelTranQuirk[]).map((name) => ({
          name: name as string,
          what: `as published: ${ACCELTRAN_QUIRKS[name].published}; corrected: ${ACCELTRAN_QUIRKS[name].right}`,
        })),
      ],
    }
  },
  claims: {},
  figure: ({ headlines: rows }) => ({
    data: {
      values: rows.filter(({ correction, changePercent }) => correction !== PUBLISHED && changePercent !== null),
    },
    width: 420,
    height: 300,
    title: 'change of each headline by each correction [%]',
    mark: 'rect',
    encoding: {
      x: { field: 'headline', type: 'nominal', sort: [...HEADLINE_NAMES], title: null },
      y: { field: 'correction', type: 'nominal', sort: [...QUIRK_NAMES, CORRECTED], title: null },
      color: {
        field: 'changePercent',
        type: 'quantitative',
        scale: { scheme: 'redblue', domainMid: 0, domain: [-100, 100], clamp: true },
        title: '%',
      },
    },
  }),
})

export default corrections
await main(import.meta, corrections)
