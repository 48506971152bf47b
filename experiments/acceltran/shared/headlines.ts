import { type AccelTranQuirks, EDGE, LOW_POWER_ISSUE_WIDTH, SERVER } from '../../../lib/accelerators/acceltran/mod.ts'
import { bertBase, bertTiny } from '../../../lib/workload/mod.ts'
import { type Batch, type BatchValues, simulateBatch, throughput } from './batch-study.ts'
import { machineParams, modelParams, type QuirkValues, SPARSITY_PARAMS, TINY_SOURCE } from './simulation-params.ts'

/** What the paper concludes from, each a number of one or two simulated batches. */
export const HEADLINES = {
  edgeCycles: 'cycle',
  edgeLoadCycles: 'cycle',
  edgeSequencesPerSecond: '1/s',
  edgeEnergyUj: 'uJ',
  leakagePercent: '%',
  softmaxPercent: '%',
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

/** What each headline is, in words. */
export const HEADLINE_TEXTS: Readonly<Record<Headline, string>> = {
  edgeCycles: 'BERT-Tiny on the edge device, a batch',
  edgeLoadCycles: 'until its embeddings are loaded',
  edgeSequencesPerSecond: 'its throughput, without that load',
  edgeEnergyUj: 'its energy',
  leakagePercent: 'leakage in that energy',
  softmaxPercent: 'softmax in the dynamic energy of its PEs (Fig. 18b)',
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

/** Shares of zeros between which Fig. 19 compares. */
const SPARSER = { from: 0.3, to: 0.34 } as const

const defaults = (params: Readonly<Record<string, { readonly value: number | string }>>) =>
  Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value]))

function valuesOf(device: typeof EDGE, model: typeof bertTiny, quirks: QuirkValues): BatchValues {
  const params = { ...modelParams(model, TINY_SOURCE), ...machineParams(device), ...SPARSITY_PARAMS }
  return { ...defaults(params), ...quirks } as unknown as BatchValues
}

/** A batch that finishes, or null. */
function attempt(values: BatchValues, options: Parameters<typeof simulateBatch>[1] = {}): Batch | null {
  try {
    return simulateBatch(values, options)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

const percent = (ratio: number) => 100 * (ratio - 1)
/** Throughput without, or with, the load of the embeddings. */
const rate = (batch: Batch, withLoad = false) =>
  throughput(batch, batch.simulation.cycles - (withLoad ? 0 : batch.simulation.embeddingCycles))
const power = ({ energy, simulation }: Batch) => energy.totalNj / simulation.cycles

/**
 * All headlines under a set of rules; null where a batch does not finish under them.
 *
 * @param quirks the published rules that are kept
 */
export function headlines(quirks: QuirkValues & AccelTranQuirks): Readonly<Record<Headline, number | null>> {
  const tiny = valuesOf(EDGE, bertTiny, quirks)
  const server = valuesOf(SERVER, bertTiny, quirks)
  const edge = attempt(tiny)
  const equal = attempt(tiny, { headPriority: 'equal' })
  const lowPower = attempt({ ...tiny, issueWidth: LOW_POWER_ISSUE_WIDTH.value })
  const less = attempt({ ...tiny, activationSparsity: SPARSER.from })
  const more = attempt({ ...tiny, activationSparsity: SPARSER.to })
  const full = attempt(server)
  const dense = attempt({ ...server, activationSparsity: 0 })
  const unpruned = attempt({ ...server, weightSparsity: 0 })
  const dram = attempt({
    ...server,
    mainMemory: EDGE.mainMemory.value,
    mainMemoryBytesPerCycle: EDGE.mainMemoryBytesPerCycle.value,
  })
  const base = attempt({ ...valuesOf(SERVER, bertBase, quirks), sequence: BASE_TOKENS })
  const over = (a: Batch | null, b: Batch | null, of: (batch: Batch) => number) => (a && b ? of(a) / of(b) : null)
  const map = <T>(value: number | null, then: (value: number) => T) => (value === null ? null : then(value))
  const energy = (batch: Batch) => batch.energy.totalNj
  return {
    edgeCycles: edge?.simulation.cycles ?? null,
    edgeLoadCycles: edge?.simulation.embeddingCycles ?? null,
    edgeSequencesPerSecond: edge && rate(edge),
    edgeEnergyUj: edge && edge.energy.totalNj / 1000,
    leakagePercent: edge && (100 * (edge.energy.peLeakageNj + edge.energy.bufferLeakageNj)) / edge.energy.totalNj,
    softmaxPercent: edge && (100 * edge.energy.parts.softmax.dynamicNj) / edge.energy.peDynamicNj,
    staggeringGainPercent: map(over(edge, equal, rate), percent),
    lowPowerLossPercent: map(
      over(lowPower, edge, (batch) => rate(batch, true)),
      (ratio) => -percent(ratio),
    ),
    lowPowerSavingPercent: map(over(lowPower, edge, power), (ratio) => -percent(ratio)),
    sparserGainPercent: map(over(more, less, rate), percent),
    sparserSavingPercent: map(over(more, less, energy), (ratio) => -percent(ratio)),
    dynaTranGain: over(full, dense, rate),
    pruningGain: over(full, unpruned, rate),
    rramGain: over(full, dram, rate),
    rramGainWithLoad: over(full, dram, (batch) => rate(batch, true)),
    rramEnergySavingPercent: map(over(full, dram, energy), (ratio) => -percent(ratio)),
    bertBaseCycles: base?.simulation.cycles ?? null,
  }
}
