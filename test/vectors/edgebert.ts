import { readFileSync } from 'node:fs'
import { type Columns, table } from './csv.ts'

/** Codes of numbers in AdaptivFloat formats. */
export const adaptivFloatVectors = () =>
  table('edgebert-adaptivfloat.csv', {
    bits: 'number',
    exponentBits: 'number',
    minExponent: 'number',
    value: 'number',
    code: 'number',
    decoded: 'number',
  })

/** Exponent ranges of tensors (numbers separated by semicolons): by the largest magnitude, and with the least error. */
export const exponentRangeVectors = () =>
  table('edgebert-adaptivfloat-bias.csv', {
    tensor: 'text',
    bits: 'number',
    exponentBits: 'number',
    minExponent: 'number',
    ruleError: 'number',
    bestMinExponent: 'number',
    bestError: 'number',
  })

/** Chances that a level of a cell is read as its neighbour, and where the two are told apart. */
export const cellFaultVectors = () =>
  table('edgebert-cell-faults.csv', {
    kind: 'text',
    from: 'number',
    to: 'number',
    probability: 'number',
    threshold: 'number',
  })

/** Chance of misreading a cell, and misreads among 1,536,000 words of 8 bits, all codes equally often. */
export const cellMisreadVectors = () =>
  table('edgebert-cell-misreads.csv', {
    kind: 'text',
    lastCell: 'text',
    meanCellError: 'number',
    misreads: 'number',
  })

/** Cycles of encoder layers, unit by unit. */
export const layerCycleVectors = () =>
  table('edgebert-layer-cycles.csv', {
    tokens: 'number',
    hidden: 'number',
    heads: 'number',
    headWidth: 'number',
    ffn: 'number',
    nullHeads: 'number',
    n: 'number',
    softmaxIi: 'number',
    layernormIi: 'number',
    addIi: 'number',
    axiBits: 'number',
    weightBits: 'number',
    weightDensity: 'number',
    puCycles: 'number',
    softmaxCycles: 'number',
    layernormCycles: 'number',
    addCycles: 'number',
    axiCycles: 'number',
    macs: 'number',
  })

const sentence = {
  predicted: 'number',
  actual: 'number',
  layerCycles: 'number',
  latencyTargetMs: 'number',
  maxGhz: 'number',
  vNominal: 'number',
  vMin: 'number',
  vStep: 'number',
  vThreshold: 'number',
  alpha: 'number',
} as const satisfies Columns

/** Voltage, clock and latency of sentences. */
export const dvfsVectors = () =>
  table('edgebert-dvfs.csv', {
    ...sentence,
    ldoNsPerStep50mV: 'number',
    voltage: 'number',
    ghz: 'number',
    latencyMs: 'number',
    missed: 'number',
  })

/** Energy of sentences: latency-aware, of all 12 layers, and with early exit at nominal voltage. */
export const energyVectors = () =>
  table('edgebert-energy.csv', {
    ...sentence,
    ldoNs: 'number',
    powerMw: 'number',
    leakageShare: 'number',
    pllMw: 'number',
    dropout: 'number',
    currentEfficiency: 'number',
    energyUj: 'number',
    baseEnergyUj12: 'number',
    eeEnergyUj: 'number',
  })

/** A sentence of {@link dvfsVectors} or {@link energyVectors}. */
export type SentenceVector = { readonly [Name in keyof typeof sentence]: number }

/** Energy of a layer on machines of different sizes. */
export const macScalingVectors = () =>
  table('edgebert-mac-scaling.csv', {
    puCycles: 'number',
    otherCycles: 'number',
    n: 'number',
    baseUnits: 'number',
    perLaneUnits: 'number',
    idleArray: 'number',
    energyUnits: 'number',
  })

/** What zeros save. */
export const gatingVectors = () =>
  table('edgebert-gating.csv', {
    phi: 'number',
    weightSparsity: 'number',
    activationSparsity: 'number',
    gain: 'number',
    n: 'number',
    s: 'number',
    zeroVectorProbability: 'number',
  })

export interface NumericVectors {
  readonly softmax: readonly { readonly scores: number[]; readonly mask: number[]; readonly result: number[] }[]
  readonly entropy: readonly { readonly logits: number[]; readonly result: number }[]
  readonly layernorm: readonly {
    readonly x: number[]
    readonly gamma: number[]
    readonly beta: number[]
    readonly mean: number
    readonly variance: number
    readonly result: number[]
  }[]
  readonly footprint: readonly {
    readonly elements: number
    readonly nonZeros: number
    readonly bits: number
    readonly bytes: number
  }[]
}

/** Softmax, entropy, layer normalisation and the bytes of bit-mask encoded tensors. */
export function numericVectors(): NumericVectors {
  return JSON.parse(readFileSync(new URL('./edgebert-numeric.json', import.meta.url), 'utf8')) as NumericVectors
}
