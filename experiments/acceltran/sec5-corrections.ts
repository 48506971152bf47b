#!/usr/bin/env -S npx tsx
import { ACCELTRAN_QUIRKS, type AccelTranQuirk } from '../../lib/accelerators/acceltran/mod.ts'
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import {
  HEADLINE_NAMES,
  HEADLINE_TEXTS,
  HEADLINES,
  type Headline,
  type HeadlineRules,
  type HeadlineValues,
  headlines,
} from './shared/headlines.ts'
import { BLOCK_CONSTANTS, QUIRK_NAMES, QUIRK_PARAMS } from './shared/simulation-params.ts'

const PUBLISHED = 'as published'
const CORRECTED = 'all corrected'

/** The rule of the dataflow study, beside those of the simulator. */
const COLUMN_IGNORED = 'columnIgnored'
/** Everything that can be corrected. */
const CORRECTIONS = [...QUIRK_NAMES, COLUMN_IGNORED] as const
type Correction = (typeof CORRECTIONS)[number]

/** A conclusion of the paper: the headlines it rests on, and when it holds. */
interface Conclusion {
  readonly text: string
  readonly headline: Headline
  holds(of: HeadlineValues): boolean
}

/** Whether a headline is above a bound; not if there is none. */
const above = (headline: Headline, bound: number) => (of: HeadlineValues) => (of(headline) ?? Number.NaN) > bound
/** Whether a headline is a share of another at least. */
const atLeast = (headline: Headline, share: number, other: Headline) => (of: HeadlineValues) =>
  (of(headline) ?? Number.NaN) >= share * (of(other) ?? Number.NaN)

/** Headlines that are shown for all rules as published and corrected alone: they take two batches each. */
const ENDS_ALONE: readonly Headline[] = ['sparserGainPercent', 'sparserSavingPercent']

const CONCLUSIONS: readonly Conclusion[] = [
  {
    text: 'activations take more memory than weights (Sec. II-A)',
    headline: 'activationsOverWeights',
    holds: above('activationsOverWeights', 1),
  },
  {
    text: 'staggered heads are faster than heads of equal priority (Sec. III-B8)',
    headline: 'staggeringGainPercent',
    holds: above('staggeringGainPercent', 0),
  },
  {
    text: 'no dataflow needs less energy than bijk in any panel (Sec. V-B)',
    headline: 'bijkBestPanels',
    holds: above('bijkBestPanels', 2),
  },
  {
    text: 'leakage of the PEs is low, as what is idle is gated (Sec. V-D): a tenth of their dynamic power at most',
    headline: 'peLeakagePercent',
    holds: (of) => (of('peLeakagePercent') ?? Number.NaN) < 10,
  },
  {
    text: 'softmax modules draw more power than MAC lanes (Sec. V-D)',
    headline: 'softmaxPercent',
    holds: above('softmaxPercent', 50),
  },
  {
    text: 'low-power mode saves about as much power as it costs throughput (Sec. V-D, Table III): nine tenths of it at least',
    headline: 'lowPowerSavingPercent',
    holds: atLeast('lowPowerSavingPercent', 0.9, 'lowPowerLossPercent'),
  },
  {
    text: 'more sparsity gives more throughput and less energy (Sec. V-E)',
    headline: 'sparserGainPercent',
    holds: (of) => above('sparserGainPercent', 0)(of) && above('sparserSavingPercent', 0)(of),
  },
  {
    text: 'BERT-Base runs on the server (Sec. V-F)',
    headline: 'bertBaseCycles',
    holds: above('bertBaseCycles', 0),
  },
  {
    text: 'DynaTran is worth more than movement pruning (Table IV)',
    headline: 'dynaTranGain',
    holds: atLeast('dynaTranGain', 1, 'pruningGain'),
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
      decidedBy: {
        type: 'string',
        description: 'where corrections change it: those that alone turn it over, all other rules as published',
      },
      restoredBy: {
        type: 'string',
        description:
          'published rules that alone turn it over again, all others corrected; where corrections changed it',
      },
    },
    headlines: {
      correction: {
        type: 'string',
        'x-key': true,
        description: 'the rule that alone is corrected, all others as published (table legend says what each is)',
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
    const { reportPeriod } = params
    const rulesOf = (keeps: (correction: Correction) => boolean): HeadlineRules => ({
      quirks: { ...quirksThat(keeps), reportPeriod },
      columnIgnored: keeps(COLUMN_IGNORED),
    })
    const before = headlines(rulesOf(() => true))
    const after = headlines(rulesOf(() => false))
    const without = CORRECTIONS.map(
      (correction) => [correction, headlines(rulesOf((own) => own !== correction))] as const,
    )
    const withOnly = CORRECTIONS.map(
      (correction) => [correction, headlines(rulesOf((own) => own === correction))] as const,
    )
    const runs = [[PUBLISHED, before], ...without, [CORRECTED, after]] as const
    const turned = (all: typeof without, holds: Conclusion['holds'], from: boolean) =>
      all.flatMap(([correction, values]) => (holds(values) === from ? [] : [correction])).join(', ')
    return {
      conclusions: CONCLUSIONS.map(({ text, headline, holds }) => {
        const [holdsAsPublished, survives] = [holds(before), holds(after)]
        return {
          conclusion: text,
          headline,
          published: before(headline),
          corrected: after(headline),
          holdsAsPublished,
          survives,
          ...(holdsAsPublished === survives
            ? { decidedBy: '', restoredBy: '' }
            : {
                decidedBy: turned(without, holds, holdsAsPublished),
                restoredBy: turned(withOnly, holds, survives),
              }),
        }
      }),
      headlines: runs.flatMap(([correction, values]) =>
        namesShown(correction).map((headline) => {
          const [value, published] = [values(headline), before(headline)]
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
        {
          name: COLUMN_IGNORED as string,
          what: 'the dataflow study (Fig. 15): an activation tile counts as the same whatever its column; corrected: the column counts',
        },
        ...QUIRK_NAMES.map((name) => ({
          name: name as string,
          what: `as published: ${ACCELTRAN_QUIRKS[name].published}; corrected: ${ACCELTRAN_QUIRKS[name].right}`,
        })),
      ],
    }
  },
  claims: {},
  figure: ({ headlines: rows }) => ({
    description:
      'How far each published rule of the simulator moves what the paper concludes from: a field for each correction, alone (rows) and all together (last row), and each headline (columns); its colour is the change against the published rules in percent, blue for more, red for less. Empty fields were not run or have no value; table legend says what each name is.',
    data: {
      values: rows.filter(({ correction, changePercent }) => correction !== PUBLISHED && changePercent !== null),
    },
    width: 480,
    height: 340,
    mark: { type: 'rect', stroke: 'white' },
    encoding: {
      x: {
        field: 'headline',
        type: 'nominal',
        sort: [...HEADLINE_NAMES],
        title: 'headline',
        axis: { labelAngle: -60, labelLimit: 240 },
      },
      y: {
        field: 'correction',
        type: 'nominal',
        sort: [...CORRECTIONS, CORRECTED],
        title: 'corrected rule',
        axis: { labelLimit: 240 },
      },
      color: {
        field: 'changePercent',
        type: 'quantitative',
        scale: {
          type: 'threshold',
          domain: [-50, -20, -5, -1, 1, 5, 20, 50],
          range: ['#b2182b', '#ef8a62', '#fddbc7', '#fbeee6', '#f7f7f7', '#e7f0f4', '#d1e5f0', '#67a9cf', '#2166ac'],
        },
        legend: { type: 'symbol', symbolType: 'square', symbolSize: 200 },
        title: 'change [%]',
      },
    },
  }),
})

/** The headlines shown for a correction. */
const namesShown = (correction: string): readonly Headline[] =>
  correction === PUBLISHED || correction === CORRECTED
    ? HEADLINE_NAMES
    : HEADLINE_NAMES.filter((headline) => !ENDS_ALONE.includes(headline))

/** The simulator's rules that are kept. */
function quirksThat(keeps: (correction: Correction) => boolean) {
  return Object.fromEntries(QUIRK_NAMES.map((name) => [name, keeps(name)])) as {
    readonly [Q in AccelTranQuirk]: boolean
  }
}

export default corrections
await main(import.meta, corrections)
