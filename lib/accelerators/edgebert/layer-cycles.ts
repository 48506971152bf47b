import type { LayerOperator, Matmul } from '../../workload/mod.ts'
import { elementwiseCycles, type Intervals, machineCycles } from './special-function-unit.ts'

/** Weights that come over the bus for every layer, bit-mask encoded where they are sparse. */
export interface WeightStream {
  /** Width of the bus; one beat a cycle. */
  readonly busBits: number
  readonly weightBits: number
  /** Share of the weights that is not zero; a stream of all weights has no mask. */
  readonly density: number
}

/** The accelerator's datapath. */
export interface Datapath {
  /** n: vector MACs, and elements of each. */
  readonly macVectorSize: number
  /** Where they are not the released ones. */
  readonly intervals?: Intervals
  /** Left out where weights wait on chip. */
  readonly stream?: WeightStream
  /** The accumulator hands every output tile on before the next begins. @default false */
  readonly drain?: boolean
  /** Logits of the exit classifier, whose entropy is taken after the layer. @default 0, no assessment */
  readonly classes?: number
}

/** Cycles of one encoder layer; its parts follow each other. */
export interface LayerCycles {
  readonly matmul: number
  readonly softmax: number
  readonly layernorm: number
  readonly residual: number
  readonly entropy: number
  readonly stream: number
  readonly total: number
}

function checkVectorSize(n: number): void {
  if (!Number.isInteger(n) || n < 1) {
    throw new RangeError(`Cannot time a layer: macVectorSize must be a positive integer, got ${n}`)
  }
}

/**
 * Cycles of a matmul on the processing unit: n x n x n tiles at n cycles each (EdgeBERT Sec. 7.3), every dimension
 * rounded up to whole tiles. Zeros change nothing: the decoders unpack a vector of each operand a cycle, however few of
 * its elements are stored. A larger n takes fewer cycles only while the dimensions fill its tiles.
 *
 * @param options.drain hand each n x n output tile on in n cycles of its own
 */
export function matmulCycles(op: Matmul, n: number, options: { readonly drain?: boolean } = {}): number {
  checkVectorSize(n)
  const outputTiles = Math.ceil(op.m / n) * Math.ceil(op.n / n) * op.repeats
  return outputTiles * n * (Math.ceil(op.k / n) + (options.drain ? 1 : 0))
}

/** Bytes of weights that stream in for a layer: the non-zeros, and one mask bit per weight where there are zeros. */
export function streamedBytes(weights: number, { density, weightBits }: Omit<WeightStream, 'busBits'>): number {
  if (!(density >= 0 && density <= 1)) {
    throw new RangeError(`Cannot stream weights: density must be from 0 to 1, got ${density}`)
  }
  return (weights * density * weightBits) / 8 + (density < 1 ? weights / 8 : 0)
}

/** Weights of a layer's matmuls, without biases. */
export function layerWeights(operators: readonly LayerOperator[]): number {
  let weights = 0
  for (const op of operators) if (op.kind === 'matmul' && op.weights) weights += op.k * op.n * op.repeats
  return weights
}

/**
 * Cycles of one encoder layer, unit by unit.
 *
 * @param operators what is computed, null heads left out
 * @param streamedWeights elements streamed in, if the datapath streams; those of skipped heads come all the same
 */
export function layerCycles(
  operators: readonly LayerOperator[],
  datapath: Datapath,
  streamedWeights: number = layerWeights(operators),
): LayerCycles {
  const { macVectorSize: n, intervals = {}, stream, drain = false, classes = 0 } = datapath
  checkVectorSize(n)
  const sums = { matmul: 0, softmax: 0, layernorm: 0, residual: 0, gelu: 0 }
  for (const op of operators) {
    sums[op.kind] += op.kind === 'matmul' ? matmulCycles(op, n, { drain }) : elementwiseCycles(op, n, intervals)
  }
  const { matmul, softmax, layernorm, residual } = sums
  if (stream && !(stream.busBits > 0)) {
    throw new RangeError(`Cannot stream weights: busBits must be above 0, got ${stream.busBits}`)
  }
  const entropy = classes > 0 ? machineCycles('entropy', { rows: 1, width: classes, n }, intervals) : 0
  const streamed = stream ? Math.ceil(streamedBytes(streamedWeights, stream) / (stream.busBits / 8)) : 0
  const total = matmul + softmax + layernorm + residual + entropy + streamed
  return { matmul, softmax, layernorm, residual, entropy, stream: streamed, total }
}
