import { baseWindow, type PowerSplit } from '../../../lib/accelerators/edgebert/mod.ts'
import { layerAt, meanDoubling, optimalSize, partsAt, sentenceMs, type Values, workOf } from './mac-scaling-study.ts'
import { DATAPATH_PARAMS, toMs, weightFetchUj } from './machine-params.ts'
import { BASE_WINDOW, CHOSEN_SIZE, POWER_GHZ, SPLIT_PARAMS } from './power-params.ts'
import { TASKS, type Task } from './tasks.ts'

/** Base powers that make the chosen size the best, under other assumptions. */
export function windowRows(params: Values) {
  const streams = {
    none: { busBits: 0 },
    'half dense': { busBits: 64, streamDensity: 0.5 },
    dense: { busBits: 64, streamDensity: 1 },
  }
  const [lowIdle, highIdle] = SPLIT_PARAMS.idleArray.span
  const heads = [...new Set([0, ...params.nullHeads])]
  return [0, lowIdle, (lowIdle + highIdle) / 2, highIdle].flatMap((idleArray) =>
    SPLIT_PARAMS.lanePower.span.flatMap((lanePower) =>
      Object.entries(streams).map(([streamed, change]) => {
        const values = { ...params, ...change }
        const found = sharedWindow(values, heads, { perLane: lanePower, idleArray })
        const percent = (power: number) => (100 * power) / (CHOSEN_SIZE * CHOSEN_SIZE)
        const to = found && Number.isFinite(found.to) ? found.to : null
        return {
          idleArray,
          lanePower,
          streamed,
          from: found?.from ?? null,
          to,
          fromPercent: found ? percent(found.from) : null,
          toPercent: to === null ? null : percent(to),
        }
      }),
    ),
  )
}

/** Base powers that make the chosen size the best for each number of null heads. */
function sharedWindow(params: Values, heads: readonly number[], split: Omit<PowerSplit, 'base'>) {
  if (!params.sizes.includes(CHOSEN_SIZE)) return null
  const windows = heads.map((nullHeads) =>
    baseWindow(
      params.sizes.map((n) => partsAt(params, n, nullHeads)),
      CHOSEN_SIZE,
      split,
    ),
  )
  const found = windows.filter((window) => window !== null)
  if (found.length < windows.length) return null
  const from = Math.max(...found.map((window) => window.from))
  const to = Math.min(...found.map((window) => window.to))
  return from < to ? { from, to } : null
}

/** What null heads and zeros save if a layer's energy held its weights from DRAM, and no multiplication were gated. */
export function trafficRows(params: Values, task: Task) {
  const index = TASKS.indexOf(task)
  const coreUj = (nullHeads: number) => params.powerMw * toMs(layerAt(params, CHOSEN_SIZE, nullHeads).total, POWER_GHZ)
  const nullHeads = params.nullHeads[index] as number
  const dense = coreUj(nullHeads) + weightFetchUj(params, 1)
  return [
    {
      task,
      saving: 'null heads' as const,
      gain: (coreUj(0) + weightFetchUj(params, 1)) / dense,
      claim: 'edgebert.aas-energy',
    },
    {
      task,
      saving: 'sparse weights' as const,
      gain: dense / (coreUj(nullHeads) + weightFetchUj(params, 1 - (params.encoderSparsity[index] as number))),
      claim: 'edgebert.sparse-energy',
    },
  ]
}

/** The headline at both ends of each assumption. */
export function tornadoRows(params: Values) {
  const ends = (assumption: string, low: Partial<Values>, high: Partial<Values>, names: readonly [string, string]) => {
    const at = (change: Partial<Values>) => {
      const values = { ...params, ...change }
      return {
        doubling: meanDoubling(values),
        sentenceMs: sentenceMs(values, CHOSEN_SIZE),
        optimalSize: optimalSize(values, workOf(values, 'SST-2', 'AAS+Sparse')),
      }
    }
    const [a, b] = [at(low), at(high)]
    return {
      assumption,
      low: names[0],
      high: names[1],
      doublingLow: a.doubling,
      doublingHigh: b.doubling,
      sentenceMsLow: a.sentenceMs,
      sentenceMsHigh: b.sentenceMs,
      optimalSizeLow: a.optimalSize,
      optimalSizeHigh: b.optimalSize,
    }
  }
  const ranged = (name: 'lanePower' | 'idleArray' | 'basePower', [low, high]: readonly [number, number]) =>
    ends(name, { [name]: low }, { [name]: high }, [String(low), String(high)])
  const [noBus, bus] = DATAPATH_PARAMS.busBits.span
  const [sparsest, densest] = DATAPATH_PARAMS.streamDensity.span
  return [
    ends('busBits, all weights', { busBits: noBus }, { busBits: bus, streamDensity: 1 }, [String(noBus), String(bus)]),
    ends(
      'streamDensity, over 64 bit',
      { busBits: bus, streamDensity: sparsest },
      { busBits: bus, streamDensity: densest },
      [String(sparsest), String(densest)],
    ),
    ends('SFU intervals', { softmaxInterval: 1, layernormInterval: 1 }, { softmaxInterval: 6, layernormInterval: 6 }, [
      '1',
      '6',
    ]),
    ends('drainTiles', { drainTiles: false }, { drainTiles: true }, ['false', 'true']),
    ranged('basePower', BASE_WINDOW),
    ranged('lanePower', SPLIT_PARAMS.lanePower.span),
    ranged('idleArray', SPLIT_PARAMS.idleArray.span),
  ]
}
