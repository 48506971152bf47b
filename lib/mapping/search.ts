import {
  createLogHistogram,
  createRng,
  forkRng,
  type HistogramCounts,
  type LogHistogram,
  type Rng,
} from '../numeric/mod.ts'
import { type MapSpaceCursor, mapSpaceCursor } from './cursor.ts'
import { type AccessEnergies, accessEnergyPj } from './energy.ts'
import { visitMappings } from './exhaustive.ts'
import type { Hierarchy } from './hierarchy.ts'
import type { MapSpace } from './map-space.ts'
import type { Mapping } from './mapping.ts'
import type { Problem } from './problem.ts'
import { drawMapping } from './sampler.ts'

/** What is searched. */
export interface SearchTarget {
  readonly problem: Problem
  readonly space: MapSpace
  readonly hierarchy: Hierarchy
}

/** What a search minimises: energy x cycles, energy, or cycles (and energy among equals). */
export const OBJECTIVES = ['edp', 'energy', 'cycles'] as const
export type Objective = (typeof OBJECTIVES)[number]

/** A good mapping with what it costs. */
export interface BestMapping {
  readonly mapping: Mapping
  readonly cycles: number
  readonly energyPj: number
  /** Energy x cycles. */
  readonly edpPjCycles: number
}

/** How to sample. */
export interface SampleOptions {
  /** Legal mappings to draw. */
  readonly samples: number
  /** An integer in 0..2^32-1; the same seed gives the same result for any number of parts. */
  readonly seed: number
  /** Energies by name; the best mappings are those of the first. */
  readonly energies: Readonly<Record<string, AccessEnergies>>
  /** The share of the work to do; all of it by default. */
  readonly part?: { readonly index: number; readonly of: number }
  /**
   * Draw unrolled loops as rarely as Timeloop's mapper, which also draws an axis for each and drops what does not fit
   * it.
   *
   * @default false
   */
  readonly timeloopUnrollPrior?: boolean
}

/** What sampling found. */
export interface SampleStudy {
  readonly samples: number
  /** Factorisations drawn, illegal ones included. */
  readonly draws: number
  /** Energy x cycles in pJ x cycles, by energy table. */
  readonly edp: Readonly<Record<string, LogHistogram>>
  readonly best: Readonly<Record<Objective, BestMapping>> | undefined
  /** Where each was found first; decides between equals when parts are joined. */
  readonly bestRun: Readonly<Record<Objective, number>> | undefined
}

/** A study, or one that has crossed threads. */
export interface StudyPart extends Omit<SampleStudy, 'edp'> {
  readonly edp: Readonly<Record<string, HistogramCounts>>
}

/** Mappings drawn from one seed; a part of a study is a number of such runs. */
export const RUN_LENGTH = 10_000

/** Out of so many draws with unrolled rows or columns, those that Timeloop's mapper drops. */
const DROPS = { rows: 3, ofRows: 8, columns: 1, ofColumns: 4 } as const

function timeloopDrops({ used }: MapSpaceCursor, rng: Rng): boolean {
  if (used.rows > 1 && rng.integer(DROPS.ofRows) < DROPS.rows) return true
  return used.columns > 1 && rng.integer(DROPS.ofColumns) < DROPS.columns
}

/** Keeps the best mapping per objective of those a cursor passes through, and the run each was first seen in. */
class BestKeeper {
  run = 0
  private readonly cursor: MapSpaceCursor
  private readonly least = new Float64Array(OBJECTIVES.length).fill(Number.POSITIVE_INFINITY)
  /** Many mappings share the least cycles; of those the one with the least energy counts. */
  private energyAtLeastCycles = Number.POSITIVE_INFINITY
  private readonly found: Partial<Record<Objective, BestMapping>> = {}
  private readonly foundIn: Partial<Record<Objective, number>> = {}

  constructor(cursor: MapSpaceCursor) {
    this.cursor = cursor
  }

  offer(energyPj: number, cycles: number): void {
    const { least } = this
    const edp = energyPj * cycles
    if (edp < (least[0] as number)) this.keep(0, edp, energyPj)
    if (energyPj < (least[1] as number)) this.keep(1, energyPj, energyPj)
    if (cycles < (least[2] as number) || (cycles === least[2] && energyPj < this.energyAtLeastCycles)) {
      this.energyAtLeastCycles = energyPj
      this.keep(2, cycles, energyPj)
    }
  }

  best(): Readonly<Record<Objective, BestMapping>> | undefined {
    return this.found.edp ? (this.found as Record<Objective, BestMapping>) : undefined
  }

  bestRun(): Readonly<Record<Objective, number>> | undefined {
    return this.found.edp ? (this.foundIn as Record<Objective, number>) : undefined
  }

  private keep(index: number, value: number, energyPj: number): void {
    const objective = OBJECTIVES[index] as Objective
    const { cycles } = this.cursor.cost
    this.least[index] = value
    this.foundIn[objective] = this.run
    this.found[objective] = { mapping: this.cursor.mapping(), cycles, energyPj, edpPjCycles: energyPj * cycles }
  }
}

/** What the mappings that are drawn go into. */
interface Sinks {
  readonly energies: readonly AccessEnergies[]
  readonly histograms: readonly LogHistogram[]
  readonly keeper: BestKeeper
  readonly timeloopUnrollPrior: boolean
}

/** Draws so many mappings into the sinks; returns the factorisations drawn. */
function drawRun(cursor: MapSpaceCursor, rng: Rng, options: Sinks & { readonly length: number }): number {
  const { length, energies, histograms, keeper, timeloopUnrollPrior } = options
  const { cost } = cursor
  let draws = 0
  for (let i = 0; i < length; i++) {
    do draws += drawMapping(cursor, rng)
    while (timeloopUnrollPrior && timeloopDrops(cursor, rng))
    for (let table = 0; table < energies.length; table++) {
      const energyPj = accessEnergyPj(cost, energies[table] as AccessEnergies)
      ;(histograms[table] as LogHistogram).add(energyPj * cost.cycles)
      if (table === 0) keeper.offer(energyPj, cost.cycles)
    }
  }
  return draws
}

/**
 * Samples a map space uniformly and keeps the distribution of the energy-delay product and the best mappings. Memory
 * does not grow with the number of samples: the distribution is a histogram (see LogHistogram).
 *
 * @throws {RangeError} if nothing in the space fits, or an option is out of its range
 *
 * @example
 * ```ts
 * import { gemmini, gemminiArray, gemminiHierarchy } from '../../lib/accelerators/gemmini/mod.ts'
 * import { arrayEnergies } from '../../lib/hardware/mod.ts'
 * import { macsOfProblem, mapSpace, parseProblem, sampleMapSpace } from '../../lib/mapping/mod.ts'
 *
 * const machine = gemmini()
 * const problem = parseProblem('P512 C768 K768')
 * const study = sampleMapSpace(
 *   { problem, space: mapSpace('random'), hierarchy: gemminiHierarchy(machine, 8) },
 *   { samples: 500, seed: 1, energies: { dosa: arrayEnergies('dosa', gemminiArray(machine)) } },
 * )
 * study.samples // => 500
 * // No mapping beats a full array of 16 x 16.
 * (study.best?.cycles.cycles ?? 0) >= macsOfProblem(problem) / 256 // => true
 * ```
 */
export function sampleMapSpace(target: SearchTarget, options: SampleOptions): SampleStudy {
  const { samples, seed, part = { index: 0, of: 1 }, timeloopUnrollPrior = false } = options
  if (!Number.isSafeInteger(samples) || samples < 1) {
    throw new RangeError(`Cannot sample a map space: samples must be a positive integer, got ${samples}`)
  }
  if (!Number.isSafeInteger(part.of) || !Number.isSafeInteger(part.index) || part.index < 0 || part.index >= part.of) {
    throw new RangeError(
      `Cannot sample a map space: part.index must be an integer from 0 to part.of - 1, got ${part.index} of ${part.of}`,
    )
  }
  const cursor = mapSpaceCursor(target.problem, target.space, target.hierarchy)
  const names = Object.keys(options.energies)
  const energies = names.map((name) => options.energies[name] as AccessEnergies)
  const histograms = names.map(() => createLogHistogram())
  const keeper = new BestKeeper(cursor)
  const seeds = createRng(seed)
  let done = 0
  let draws = 0
  for (let run = 0; run * RUN_LENGTH < samples; run++) {
    const rng = forkRng(seeds)
    if (run % part.of !== part.index) continue
    keeper.run = run
    const length = Math.min(RUN_LENGTH, samples - run * RUN_LENGTH)
    draws += drawRun(cursor, rng, { length, energies, histograms, keeper, timeloopUnrollPrior })
    done += length
  }
  return {
    samples: done,
    draws,
    edp: Object.fromEntries(names.map((name, index) => [name, histograms[index] as LogHistogram])),
    best: keeper.best(),
    bestRun: keeper.bestRun(),
  }
}

/** Joins the parts of one study; the result does not depend on how many there were. */
export function mergeStudies(parts: readonly StudyPart[]): SampleStudy {
  const names = Object.keys(parts[0]?.edp ?? {})
  const merged = Object.fromEntries(names.map((name) => [name, createLogHistogram()]))
  const found = parts.filter((study) => study.best && study.bestRun)
  for (const study of parts) {
    for (const name of names) (merged[name] as LogHistogram).merge(study.edp[name] as HistogramCounts)
  }
  const winner = (objective: Objective) =>
    found.reduce((a, b) => {
      const rank = (study: StudyPart) => [
        study.best?.[objective][MEASURE[objective]] ?? 0,
        objective === 'cycles' ? (study.best?.[objective].energyPj ?? 0) : 0,
        study.bestRun?.[objective] ?? 0,
      ]
      const [first, second] = [rank(a), rank(b)]
      const differs = first.findIndex((value, index) => value !== second[index])
      return differs >= 0 && (second[differs] as number) < (first[differs] as number) ? b : a
    })
  const perObjective = <T>(of: (study: StudyPart, objective: Objective) => T) =>
    found.length === 0
      ? undefined
      : (Object.fromEntries(OBJECTIVES.map((objective) => [objective, of(winner(objective), objective)])) as Record<
          Objective,
          T
        >)
  return {
    samples: parts.reduce((sum, study) => sum + study.samples, 0),
    draws: parts.reduce((sum, study) => sum + study.draws, 0),
    edp: merged,
    best: perObjective((study, objective) => study.best?.[objective] as BestMapping),
    bestRun: perObjective((study, objective) => study.bestRun?.[objective] as number),
  }
}

/** What each objective makes small. */
const MEASURE = { edp: 'edpPjCycles', energy: 'energyPj', cycles: 'cycles' } as const

/**
 * The best mappings of a whole map space, by enumeration.
 *
 * @returns the best per objective (none if nothing fits), the legal factorisations, and the mappings priced
 * @throws {RangeError} if the space is too large
 */
export function searchExhaustively(
  target: SearchTarget,
  energies: AccessEnergies,
  limit?: number,
): { readonly best: SampleStudy['best']; readonly legalFactorisations: number; readonly priced: number } {
  const cursor = mapSpaceCursor(target.problem, target.space, target.hierarchy)
  const keeper = new BestKeeper(cursor)
  let priced = 0
  const legalFactorisations = visitMappings(
    cursor,
    () => {
      priced++
      keeper.offer(accessEnergyPj(cursor.cost, energies), cursor.cost.cycles)
    },
    { limit },
  )
  return { best: keeper.best(), legalFactorisations, priced }
}
