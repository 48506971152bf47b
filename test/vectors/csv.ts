import { readFileSync } from 'node:fs'
import Papa from 'papaparse'

/** Names of a table's columns and what they hold. */
export type Columns = Readonly<Record<string, 'text' | 'number'>>
/** A line of such a table. */
export type Row<C extends Columns> = { readonly [Name in keyof C]: C[Name] extends 'number' ? number : string }

/** Reads a table of this folder; an empty number is NaN. The file must have exactly these columns. */
export function table<const C extends Columns>(file: string, columns: C): readonly Row<C>[] {
  const text = readFileSync(new URL(`./${file}`, import.meta.url), 'utf8').trim()
  const { data, meta, errors } = Papa.parse<Record<string, string>>(text, { header: true })
  const names = Object.keys(columns)
  if (errors.length > 0 || meta.fields?.join() !== names.join()) {
    throw new Error(`${file} must have the columns ${names.join()}, got ${meta.fields?.join()} ${errors[0]?.message}`)
  }
  return data.map((line, index) => {
    const cells = names.map((name): [string, string | number] => {
      const cell = line[name] as string
      if (columns[name] === 'text') return [name, cell]
      if (cell !== '' && !Number.isFinite(Number(cell)))
        throw new Error(`${file}, row ${index + 2}: ${name} is ${cell}`)
      return [name, cell === '' ? Number.NaN : Number(cell)]
    })
    return Object.fromEntries(cells) as Row<C>
  })
}

/** Mappings that Timeloop sampled and priced. */
export const timeloopVectors = () =>
  table('timeloop.csv', {
    op: 'text',
    mapspace: 'text',
    mapping: 'text',
    utilisation: 'number',
    energy_pj_per_mac: 'number',
  })

/** Mappings with their counts; `valid` is `true` or `false`, and an invalid mapping has no counts. */
export const mappingVectors = () =>
  table('mapping.csv', {
    problem: 'text',
    scratchpadKb: 'number',
    accumulatorKb: 'number',
    wordsPerCycle: 'number',
    energyTable: 'text',
    mapping: 'text',
    valid: 'text',
    cycles: 'number',
    regAccesses: 'number',
    accAccesses: 'number',
    spAccesses: 'number',
    dramAccesses: 'number',
    energyPjPerMac: 'number',
  })

/** Factorisations of map spaces. */
export const mapSpaceSizeVectors = () =>
  table('map-space-sizes.csv', { problem: 'text', space: 'text', size: 'number' })

/** The least EDP, energy and cycles of whole map spaces. */
export const exhaustiveVectors = () =>
  table('exhaustive.csv', {
    problem: 'text',
    space: 'text',
    scratchpadKb: 'number',
    accumulatorKb: 'number',
    factorisations: 'number',
    validFactorisations: 'number',
    mappings: 'number',
    minEdp: 'number',
    minEnergy: 'number',
    minCycles: 'number',
    minEdpMapping: 'text',
  })

/** Tiles and times of matmuls; `schedule` is `plain` or `fused`. */
export const fusionVectors = () =>
  table('fusion.csv', {
    I: 'number',
    J: 'number',
    K: 'number',
    spKb: 'number',
    accKb: 'number',
    schedule: 'text',
    tileI: 'number',
    tileJ: 'number',
    tileK: 'number',
    dramWords: 'number',
    cycles: 'number',
  })

const encoder = {
  l: 'number',
  d: 'number',
  ff: 'number',
  heads: 'number',
  spKb: 'number',
  accKb: 'number',
} as const satisfies Columns

/** Matmuls with the normalisation of their rows; `pair` is `qk`, `wout`, `mha` (both) or `w2`. */
export const fusionPairVectors = () =>
  table('fusion-pairs.csv', {
    ...encoder,
    wordsPerCycle: 'number',
    softmaxNonfused: 'number',
    pair: 'text',
    nonfusedCycles: 'number',
    fusedCycles: 'number',
  })

/** The matmuls of an encoder layer, scores of `qkBytes` bytes. */
export const splitVectors = () =>
  table('split.csv', {
    ...encoder,
    bytesPerCycle: 'number',
    qkBytes: 'number',
    cycles: 'number',
    utilisationPercent: 'number',
    bytes: 'number',
  })

/** An encoder layer on a machine with units for every operation. */
export const breakdownVectors = () =>
  table('breakdown.csv', {
    ...encoder,
    bytesPerCycle: 'number',
    residualBytes: 'number',
    matmulCycles: 'number',
    softmaxCycles: 'number',
    layerNormCycles: 'number',
    residualCycles: 'number',
  })
