#!/usr/bin/env -S npx tsx
import {
  GEMMINI,
  gemmini,
  gemminiArray,
  gemminiHierarchy,
  REFERENCE_OPERATOR_NAMES,
} from '../lib/accelerators/gemmini/mod.ts'
import { arrayEnergies, ENERGY_TABLE_NAMES } from '../lib/hardware/mod.ts'
import { EXIT, runCommand } from '../lib/harness/command.ts'
import { parseDecimal } from '../lib/harness/decimal.ts'
import { describeFlags, type Flag, oneOf, parseFlags } from '../lib/harness/flags.ts'
import { alignedTable, formatCell } from '../lib/harness/format.ts'
import { parseCount, parseSeed } from '../lib/harness/param.ts'
import { DEFAULT_SEED } from '../lib/harness/run.ts'
import {
  accessEnergyPj,
  type BestMapping,
  bufferUses,
  formatMapping,
  formatProblem,
  MAP_SPACE_NAMES,
  macsOfProblem,
  mappingCost,
  mapSpace,
  OBJECTIVES,
  parseMapping,
  searchExhaustively,
} from '../lib/mapping/mod.ts'
import { shapeOf } from './map/shape.ts'
import { defaultJobs, sampleOnThreads } from './map/study.ts'

const FLAGS: Readonly<Record<string, Flag>> = {
  space: { value: 'NAME', help: `map space: ${MAP_SPACE_NAMES.join(', ')} (default arch_baseline)` },
  energy: { value: 'NAME', help: `energy per access: ${ENERGY_TABLE_NAMES.join(', ')} (default dosa)` },
  array: { value: 'N', help: `side of the array (default ${GEMMINI.arrayDim.value})` },
  scratchpad: { value: 'KIB', help: `scratchpad (default ${GEMMINI.scratchpadKb.value})` },
  accumulator: { value: 'KIB', help: `accumulator (default ${GEMMINI.accumulatorKb.value})` },
  bandwidth: { value: 'WORDS', help: `DRAM words per cycle (default ${GEMMINI.mapperWordsPerCycle.value})` },
  samples: { value: 'N', help: 'legal mappings to draw (default 100000, at most 999999999)' },
  seed: { value: 'N', help: 'seed of the random numbers (default 1)' },
  jobs: { value: 'N', help: 'threads (default: one per 500000 samples, at most one per processor)' },
  exhaustive: { help: 'go through the whole map space instead of drawing' },
  mapping: { value: 'TEXT', help: "evaluate this mapping, in Timeloop's notation, instead of searching" },
  json: { help: 'print JSON' },
  help: { help: 'print this text' },
}

const HELP = `Finds good mappings of a matmul or convolution on a Gemmini-like accelerator, or evaluates one.

Usage: npx tsx scripts/map.ts SHAPE [flags]

SHAPE is one of ${REFERENCE_OPERATOR_NAMES.join(', ')},
or the bounds of the loops: "P512 C768 K768" is a matmul of 512 rows, reduction 768 and 768 columns,
"R3 S3 P7 Q7 C512 K512 stride 1" a convolution (kernel rows and columns, output rows and columns, channels).
Loops not named are 1. Tile factors multiply to the bounds exactly: to see what padding brings, give the padded shape.

${describeFlags(FLAGS)}

Exit code: 0 all good, 2 the input is broken.`

function positive(flag: string, text: string): number {
  const value = parseDecimal(text)
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`Cannot map: --${flag} must be a positive number, got "${text}"`)
  }
  return value
}

await runCommand(async (argv) => {
  const { flags, positionals } = parseFlags(argv, FLAGS, { positionals: 1 })
  if (flags['help']) {
    console.log(HELP)
    return EXIT.good
  }
  const [shape] = positionals
  if (shape === undefined) throw new SyntaxError('Cannot map: a shape must be given, got nothing (see --help)')
  const text = (flag: string) => (flags[flag] === undefined ? undefined : String(flags[flag]))
  const count = (flag: string, fallback: number) =>
    text(flag) === undefined ? fallback : parseCount(`--${flag}`, text(flag) as string)
  const problem = shapeOf('Cannot map: the shape', shape)
  const search = text('mapping') !== undefined ? '--mapping' : flags['exhaustive'] ? '--exhaustive' : undefined
  for (const flag of search === undefined
    ? []
    : ['samples', 'seed', 'jobs', ...(search === '--mapping' ? ['space', 'exhaustive'] : [])]) {
    if (flags[flag] !== undefined)
      throw new SyntaxError(`Cannot map: --${flag} must not stand beside ${search}, got both`)
  }
  const machine = gemmini({
    arrayDim: count('array', GEMMINI.arrayDim.value),
    scratchpadKb: positive('scratchpad', text('scratchpad') ?? String(GEMMINI.scratchpadKb.value)),
    accumulatorKb: positive('accumulator', text('accumulator') ?? String(GEMMINI.accumulatorKb.value)),
  })
  const bandwidth = positive('bandwidth', text('bandwidth') ?? String(GEMMINI.mapperWordsPerCycle.value))
  const hierarchy = gemminiHierarchy(machine, bandwidth)
  const energyName = oneOf({ action: 'map', flag: 'energy' }, text('energy') ?? 'dosa', ENERGY_TABLE_NAMES)
  const energies = arrayEnergies(energyName, gemminiArray(machine))
  const space = mapSpace(oneOf({ action: 'map', flag: 'space' }, text('space') ?? 'arch_baseline', MAP_SPACE_NAMES))
  const macs = macsOfProblem(problem)
  const describe = (name: string, { mapping, cycles, energyPj, edpPjCycles }: BestMapping) => ({
    best: name,
    cycles,
    utilisation: macs / (hierarchy.rows * hierarchy.columns * cycles),
    energyPjPerMac: energyPj / macs,
    edpPjCycles,
    mapping: formatMapping(mapping),
  })

  let rows: ReturnType<typeof describe>[]
  let summary: Record<string, number | string>
  if (text('mapping') !== undefined) {
    const mapping = parseMapping(text('mapping') as string)
    const { cycles, accesses } = mappingCost(problem, mapping, hierarchy)
    const energyPj = accessEnergyPj(accesses, energies)
    rows = [describe('given', { mapping, cycles, energyPj, edpPjCycles: energyPj * cycles })]
    summary = Object.fromEntries([
      ...Object.entries(accesses).map(([level, words]) => [level === 'macs' ? level : `${level}Words`, words]),
      ...bufferUses(problem, mapping, hierarchy).map(({ where, needed, available, unit }) => [
        where,
        `${needed} of ${available} ${unit}s`,
      ]),
    ])
  } else if (flags['exhaustive']) {
    const { best, legalFactorisations, priced } = searchExhaustively({ problem, space, hierarchy }, energies)
    if (!best)
      throw new RangeError(`Cannot map ${formatProblem(problem)}: some mapping of ${space.name} must fit, none does`)
    rows = OBJECTIVES.map((objective) => describe(objective, best[objective]))
    summary = { space: space.name, legalFactorisations, priced }
  } else {
    const samples = count('samples', 100_000)
    const seed = text('seed') === undefined ? DEFAULT_SEED : parseSeed(text('seed') as string)
    const study = await sampleOnThreads(
      { problem, space, hierarchy },
      { samples, seed, energies: { [energyName]: energies } },
      count('jobs', defaultJobs(samples)),
    )
    const edp = study.edp[energyName] as NonNullable<(typeof study.edp)[string]>
    rows = OBJECTIVES.map((objective) => describe(objective, (study.best as NonNullable<typeof study.best>)[objective]))
    summary = {
      space: space.name,
      seed,
      samples: study.samples,
      drawn: study.draws,
      edpMaxOverMin: edp.max / edp.min,
      edpMedianOverMin: edp.quantile(0.5) / edp.min,
      edpP10OverMin: edp.quantile(0.1) / edp.min,
    }
  }
  if (flags['json']) {
    console.log(
      JSON.stringify(
        { shape: formatProblem(problem), macs, hierarchy, energy: energyName, summary, mappings: rows },
        null,
        2,
      ),
    )
    return EXIT.good
  }
  const heads = ['best', 'cycles', 'utilisation', 'energy [pJ/MAC]', 'EDP [pJ x cycle]', 'mapping']
  const cells = rows.map(({ best, cycles, utilisation, energyPjPerMac, edpPjCycles, mapping }) => [
    best,
    formatCell(cycles),
    utilisation.toFixed(4),
    energyPjPerMac.toFixed(4),
    edpPjCycles.toExponential(4),
    mapping,
  ])
  console.log(`${formatProblem(problem)}, ${formatCell(macs)} MACs`)
  console.log(
    `${hierarchy.rows}x${hierarchy.columns} array, scratchpad ${hierarchy.scratchpadBytes / 1024} KiB, accumulator ${hierarchy.accumulatorBytes / 1024} KiB, ${bandwidth} DRAM words per cycle, energies ${energyName}\n`,
  )
  console.log(
    Object.entries(summary)
      .map(([name, value]) => `${name} ${typeof value === 'number' ? formatCell(value) : value}`)
      .join(', '),
  )
  console.log(`\n${alignedTable(heads, cells, [false, true, true, true, true, false])}`)
  return EXIT.good
})
