import { narrowFactors, speedup } from '../../../lib/accelerators/leopard/mod.ts'
import { dennardScaling, simulatedScaling } from '../../../lib/hardware/mod.ts'
import { mean } from '../../../lib/numeric/mod.ts'
import { type ComparisonValues, OTHERS } from './comparison-params.ts'
import { type EnergyStudyValues, taskEnergy } from './energy-study.ts'
import { areasOf, hpAreaOf, type LayoutValues } from './layout-params.ts'
import { tileOf } from './tile-params.ts'
import type { TaskStatistics } from './workloads.ts'

export type ComparisonStudyValues = ComparisonValues & EnergyStudyValues & LayoutValues & { readonly hpAreaMm2: number }

/** How a column of LeOPArd's was scaled. */
export const SCALINGS = ['dennard', 'simulated'] as const
export type Scaling = (typeof SCALINGS)[number]

/** Names of the columns of Table 2 in the ledger's spelling, in order. */
export const COLUMNS = [...OTHERS, 'HP', 'HP-dennard', 'HP-stillmaker', 'HP-dennard-9b', 'HP-stillmaker-9b'] as const
export type ColumnName = (typeof COLUMNS)[number]

/** A column of Table 2. */
export interface DesignColumn {
  readonly column: ColumnName
  readonly processNm: number
  readonly areaMm2: number
  readonly keyBufferKb: number
  readonly valueBufferKb: number
  readonly bits: number
  readonly gops: number
  readonly gopsPerJ: number
  readonly gopsPerMm2: number
}

/** What the throughput, energy efficiency and area of a tile become in another process, as factors. */
export interface ScaledFactors {
  readonly gops: number
  readonly gopsPerJ: number
  readonly area: number
}

/** Factors of a scaled column. */
export function factorsOf(params: ComparisonValues, scaling: Scaling): ScaledFactors {
  const dennard = dennardScaling(params.processNm, params.scaledProcessNm)
  if (scaling === 'dennard') {
    return { gops: 1 / dennard.delay, gopsPerJ: 1 / dennard.energy, area: dennard.area }
  }
  const simulated = simulatedScaling(
    { nm: params.processNm, voltage: params.voltage },
    { nm: params.scaledProcessNm, voltage: params.scaledVoltage },
  )
  return {
    gops: 1 / simulated.delay,
    gopsPerJ: 1 / (params.simulatedEnergy ? simulated.energy : simulated.power * simulated.delay),
    area: params.simulatedArea ? simulated.area : dennard.area,
  }
}

/** Mean speedup of HP over the baseline with the front-end at a share of its cycles. */
export function hpSpeedup(params: ComparisonStudyValues, tasks: readonly TaskStatistics[], frontShare = 1): number {
  const { baselineVpuCyclesPerScore } = params
  const tile = tileOf(params, 'HP')
  return mean(tasks.map((task) => speedup(task, tile, { keys: task.keys, baselineVpuCyclesPerScore, frontShare })))
}

/** Share of QK-DPUs and key buffer in a tile's energy, leakage included, mean over the tasks. */
function frontEnergyShare(params: ComparisonStudyValues, tasks: readonly TaskStatistics[]): number {
  return mean(
    tasks.map((task) => {
      const { parts, total } = taskEnergy(params, task, { design: 'LeOPArd', config: 'HP' })
      return (parts.qk + parts.keyBuffer) / total
    }),
  )
}

/** Shares of the front-end, and what fewer bits make of the tile. */
export function narrowing(params: ComparisonStudyValues, tasks: readonly TaskStatistics[]) {
  const { narrowBits, bits } = params
  if (narrowBits > bits) {
    throw new RangeError(`Cannot narrow a tile: narrowBits must be at most bits, ${bits}, got ${narrowBits}`)
  }
  const kept = narrowBits / bits
  const { dpuMm2, keyBufferMm2 } = areasOf(params)
  const areaMm2 = hpAreaOf(params)
  const frontMm2 = params.dpusHp * dpuMm2 + keyBufferMm2
  if (!(frontMm2 < areaMm2)) {
    throw new RangeError(
      `Cannot narrow a tile: hpAreaMm2 must leave more than its QK-DPUs and key buffer, ${frontMm2} mm2, got ${areaMm2} with ${params.dpusHp} of them`,
    )
  }
  const shares = { energyShare: frontEnergyShare(params, tasks), areaShare: frontMm2 / areaMm2 }
  const gain = hpSpeedup(params, tasks, kept) / hpSpeedup(params, tasks)
  return { ...shares, factors: narrowFactors({ kept, gain, ...shares }) }
}

/** All eight columns. */
export function columnsOf(params: ComparisonStudyValues, tasks: readonly TaskStatistics[]): DesignColumn[] {
  for (const name of [
    'otherProcessNm',
    'otherAreaMm2',
    'otherKeyBufferKb',
    'otherValueBufferKb',
    'otherBits',
    'otherGops',
    'otherGopsPerJ',
  ] as const) {
    if (params[name].length !== OTHERS.length) {
      throw new RangeError(
        `Cannot compare ${OTHERS.join(', ')}: ${name} must have ${OTHERS.length} entries, got ${params[name].length}`,
      )
    }
  }
  const column = (cells: Omit<DesignColumn, 'gopsPerMm2'>): DesignColumn => ({
    ...cells,
    gopsPerMm2: cells.gops / cells.areaMm2,
  })
  const others = OTHERS.map((name, i) =>
    column({
      column: name,
      processNm: params.otherProcessNm[i] as number,
      areaMm2: params.otherAreaMm2[i] as number,
      keyBufferKb: params.otherKeyBufferKb[i] as number,
      valueBufferKb: params.otherValueBufferKb[i] as number,
      bits: params.otherBits[i] as number,
      gops: params.otherGops[i] as number,
      gopsPerJ: params.otherGopsPerJ[i] as number,
    }),
  )
  const raw = column({
    column: 'HP',
    processNm: params.processNm,
    areaMm2: hpAreaOf(params),
    keyBufferKb: params.keyBufferKb,
    valueBufferKb: params.valueBufferKb,
    bits: params.bits,
    gops: params.rawGops,
    gopsPerJ: params.rawGopsPerJ,
  })
  const narrow = narrowing(params, tasks).factors
  const scaled = ([name, scaling, is9b]: readonly [ColumnName, Scaling, boolean]) => {
    const factors = factorsOf(params, scaling)
    const few = is9b ? narrow : { gops: 1, gopsPerJ: 1, area: 1 }
    return column({
      column: name,
      processNm: params.scaledProcessNm,
      areaMm2: unscaledMm2(params) * factors.area * few.area,
      keyBufferKb: params.scaledKeyBufferKb,
      valueBufferKb: params.scaledValueBufferKb,
      bits: is9b ? params.narrowBits : params.bits,
      gops: raw.gops * factors.gops * few.gops,
      gopsPerJ: raw.gopsPerJ * factors.gopsPerJ * few.gopsPerJ,
    })
  }
  return [
    ...others,
    raw,
    scaled(['HP-dennard', 'dennard', false]),
    scaled(['HP-stillmaker', 'simulated', false]),
    scaled(['HP-dennard-9b', 'dennard', true]),
    scaled(['HP-stillmaker-9b', 'simulated', true]),
  ]
}

/**
 * Area of the scaled columns in the process the tile was made in, with or without that of the buffers they no longer
 * have; mm2.
 *
 * @throws {RangeError} if nothing would be left
 */
export function unscaledMm2(params: ComparisonStudyValues, shrink = params.shrinkBuffers): number {
  const areaMm2 = hpAreaOf(params)
  if (!shrink) return areaMm2
  const { keyBufferMm2, valueBufferMm2 } = areasOf(params)
  const { keyBufferKb, valueBufferKb, scaledKeyBufferKb, scaledValueBufferKb } = params
  const saved =
    keyBufferMm2 * (1 - scaledKeyBufferKb / keyBufferKb) + valueBufferMm2 * (1 - scaledValueBufferKb / valueBufferKb)
  if (!(areaMm2 > saved)) {
    throw new RangeError(
      `Cannot shrink buffers: hpAreaMm2 must be more than the ${saved} mm2 they save, got ${areaMm2} with ${params.dpusHp} QK-DPUs`,
    )
  }
  return areaMm2 - saved
}

/** Throughput of a tile that computes a score per cycle and prunes nothing; GOPs/s. */
export const denseGops = ({ clockMhz, dimension }: ComparisonValues): number =>
  (clockMhz / 1000) * 2 * (dimension + dimension)
