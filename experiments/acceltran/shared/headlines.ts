import {
  type AccelTranSettings,
  DATAFLOWS,
  EDGE,
  footprint,
  LOW_POWER_ISSUE_WIDTH,
  laneCost,
  laneReuse,
  SERVER,
} from '../../../lib/accelerators/acceltran/mod.ts'
import { bertBase, bertTiny, type Transformer } from '../../../lib/workload/mod.ts'
import { type Batch, type BatchValues, computeCycles, simulateBatch, throughput } from './batch-study.ts'
import { PANEL_NAMES, PANELS, panelTiles } from './dataflow-panels.ts'
import { defaultBatch, type QuirkValues, quirksOf, runOf } from './simulation-params.ts'

/** What the paper concludes from, each a number of one or two simulated batches, with its unit. */
export const HEADLINES = {
  edgeCycles: 'cycle',
  edgeLoadCycles: 'cycle',
  edgeSequencesPerSecond: '1/s',
  edgeEnergyUj: 'uJ',
  peLeakagePercent: '%',
  bufferLeakagePercent: '%',
  softmaxPercent: '%',
  bijkBestPanels: '1',
  activationsOverWeights: '1',
  staggeringGainPercent: '%',
  lowPowerLossPercent: '%',
  lowPowerSavingPercent: '%',
  sparserGainPercent: '%',
  sparserSavingPercent: '%',
  dynaTranGain: '1',
  pruningGain: '1',
  rramGain: '1',
  rramGainWithLoad: '1',
  rramEnergySavingPercent: '%',
  bertBaseCycles: 'cycle',
} as const
export type Headline = keyof typeof HEADLINES
export const HEADLINE_NAMES = Object.keys(HEADLINES) as Headline[]

/** Tokens of the batch of BERT-Base: whether it finishes does not hang on them, and a short one is simulated sooner. */
const BASE_TOKENS = 128
/** Shares of zeros between which Fig. 19 compares. */
const SPARSER = { from: 0.3, to: 0.34 } as const
/** Lanes of the dataflow study, and the dataflow it chooses. */
const STUDY_LANES = 4
const CHOSEN = 'bijk'

/** What each headline is, in words. */
export const HEADLINE_TEXTS: Readonly<Record<Headline, string>> = {
  edgeCycles: 'BERT-Tiny on the edge device, a batch',
  edgeLoadCycles: 'until its embeddings are loaded',
  edgeSequencesPerSecond: 'its throughput, without that load',
  edgeEnergyUj: 'its energy',
  peLeakagePercent: 'leakage of its PEs over their dynamic energy (Fig. 17a)',
  bufferLeakagePercent: 'leakage of the buffers in its energy',
  softmaxPercent: 'softmax in the dynamic energy of its PEs (Fig. 18b)',
  bijkBestPanels: 'panels of Fig. 15 in which no dataflow needs less energy than bijk, of three',
  activationsOverWeights: 'elements of activations over those of weights, BERT-Tiny (Fig. 1)',
  staggeringGainPercent: 'throughput of staggered heads over equal priority, without the load (Fig. 10)',
  lowPowerLossPercent: 'throughput lost in low-power mode (Table III)',
  lowPowerSavingPercent: 'power saved in it',
  sparserGainPercent: 'throughput won by an activation sparsity of 34 instead of 30 %, without the load (Fig. 19)',
  sparserSavingPercent: 'energy saved by it',
  dynaTranGain: 'BERT-Tiny on the server: throughput with over without DynaTran, without the load (Table IV)',
  pruningGain: 'with over without movement pruning, likewise',
  rramGain: 'with RRAM over with DRAM, likewise',
  rramGainWithLoad: 'with RRAM over with DRAM, the load of the embeddings counted',
  rramEnergySavingPercent: 'energy saved by RRAM',
  bertBaseCycles: `BERT-Base on the server, a batch of ${BASE_TOKENS} tokens; none if it does not finish`,
}

/** The published rules that are kept; one of them is the dataflow study's own. */
export interface HeadlineRules {
  readonly quirks: QuirkValues
  /** An activation tile counts as the same whatever its column (Fig. 15). */
  readonly columnIgnored: boolean
}

/** A headline under some rules; null where a batch does not finish under them. */
export type HeadlineValues = (headline: Headline) => number | null

/** A batch that finishes, or null. */
function attempt(values: BatchValues, options: Parameters<typeof simulateBatch>[1] = {}): Batch | null {
  try {
    return simulateBatch(values, options)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Done when it is first asked for. */
function once<T>(made: () => T): () => T {
  let value: { readonly made: T } | null = null
  return () => {
    value ??= { made: made() }
    return value.made
  }
}

const percent = (ratio: number | null) => (ratio === null ? null : 100 * (ratio - 1))
const saved = (ratio: number | null) => (ratio === null ? null : 100 * (1 - ratio))
const over = (a: Batch | null, b: Batch | null, of: (batch: Batch) => number) => (a && b ? of(a) / of(b) : null)
const rate = (batch: Batch) => throughput(batch, computeCycles(batch))
const rateWithLoad = (batch: Batch) => throughput(batch, batch.simulation.cycles)
const power = ({ energy, simulation }: Batch) => energy.totalNj / simulation.cycles
const energyOf = ({ energy }: Batch) => energy.totalNj

/**
 * All headlines under a set of rules. A batch is simulated when a headline that needs it is first asked for.
 *
 * @param rules the published rules that are kept
 */
export function headlines({ quirks, columnIgnored }: HeadlineRules): HeadlineValues {
  const values = (device: AccelTranSettings, model: Transformer): BatchValues => ({
    ...defaultBatch(device, model),
    ...quirks,
  })
  const tiny = values(EDGE, bertTiny)
  const server = values(SERVER, bertTiny)
  const batch = (own: BatchValues, options?: Parameters<typeof simulateBatch>[1]) => once(() => attempt(own, options))
  const edge = batch(tiny)
  const equal = batch(tiny, { headPriority: 'equal' })
  const lowPower = batch({ ...tiny, issueWidth: LOW_POWER_ISSUE_WIDTH.value })
  const less = batch({ ...tiny, activationSparsity: SPARSER.from })
  const more = batch({ ...tiny, activationSparsity: SPARSER.to })
  const full = batch(server)
  const dense = batch({ ...server, activationSparsity: 0 })
  const unpruned = batch({ ...server, weightSparsity: 0 })
  const dram = batch({
    ...server,
    mainMemory: EDGE.mainMemory.value,
    mainMemoryBytesPerCycle: EDGE.mainMemoryBytesPerCycle.value,
  })
  const base = batch({ ...values(SERVER, bertBase), sequence: BASE_TOKENS })
  const ofEdge = (of: (own: Batch) => number) => {
    const own = edge()
    return own && of(own)
  }
  const compute: Readonly<Record<Headline, () => number | null>> = {
    edgeCycles: () => ofEdge(({ simulation }) => simulation.cycles),
    edgeLoadCycles: () => ofEdge(({ simulation }) => simulation.embeddingCycles),
    edgeSequencesPerSecond: () => ofEdge(rate),
    edgeEnergyUj: () => ofEdge(({ energy }) => energy.totalNj / 1000),
    peLeakagePercent: () => ofEdge(({ energy }) => (100 * energy.peLeakageNj) / energy.peDynamicNj),
    bufferLeakagePercent: () => ofEdge(({ energy }) => (100 * energy.bufferLeakageNj) / energy.totalNj),
    softmaxPercent: () => ofEdge(({ energy }) => (100 * energy.parts.softmax.dynamicNj) / energy.peDynamicNj),
    bijkBestPanels: () => PANEL_NAMES.filter((panel) => isChosenBest(panel, tiny, columnIgnored)).length,
    activationsOverWeights: () => {
      const { activations, weights } = footprint(runOf(tiny), quirksOf(quirks))
      return activations / weights
    },
    staggeringGainPercent: () => percent(over(edge(), equal(), rate)),
    lowPowerLossPercent: () => saved(over(lowPower(), edge(), rateWithLoad)),
    lowPowerSavingPercent: () => saved(over(lowPower(), edge(), power)),
    sparserGainPercent: () => percent(over(more(), less(), rate)),
    sparserSavingPercent: () => saved(over(more(), less(), energyOf)),
    dynaTranGain: () => over(full(), dense(), rate),
    pruningGain: () => over(full(), unpruned(), rate),
    rramGain: () => over(full(), dram(), rate),
    rramGainWithLoad: () => over(full(), dram(), rateWithLoad),
    rramEnergySavingPercent: () => saved(over(full(), dram(), energyOf)),
    bertBaseCycles: () => base()?.simulation.cycles ?? null,
  }
  return (headline) => compute[headline]()
}

/** Whether no dataflow needs less energy than the chosen one. */
function isChosenBest(panel: (typeof PANEL_NAMES)[number], tiny: BatchValues, columnIgnored: boolean): boolean {
  const tiles = panelTiles({ batch: tiny.batch, ...PANELS[panel] })
  const { activationSparsity, activationMb: bufferMb } = tiny
  const energy = (dataflow: string) =>
    laneCost(laneReuse(tiles, dataflow, { lanes: STUDY_LANES, quirks: { columnIgnored } }), {
      lanes: STUDY_LANES,
      bufferMb,
      activationSparsity,
    }).dynamicNj
  const chosen = energy(CHOSEN)
  return DATAFLOWS.every((dataflow) => energy(dataflow) >= chosen)
}
