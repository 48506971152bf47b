export {
  AdaptivFloat,
  type FloatFormat,
  largestMagnitude,
  minExponentByError,
  minExponentByMaximum,
  squaredError,
} from './adaptiv-float.ts'
export {
  type BitmaskBytes,
  type BitmaskVector,
  bitmaskBytes,
  decodeBitmask,
  encodeBitmask,
} from './bitmask.ts'
export { distinctIntegers } from './distinct-integers.ts'
export {
  type FixedPoint,
  type FixedPointRules,
  fixedPointRange,
  symmetricCode,
  symmetricGrid,
  toFixedPoint,
} from './fixed-point.ts'
export { halveRange } from './halve-range.ts'
export { layerNorm, type Moments, type MomentWidths, moments } from './layer-norm.ts'
export {
  createLogHistogram,
  type HistogramCounts,
  LOG_HISTOGRAM_RESOLUTION,
  type LogHistogram,
} from './log-histogram.ts'
export { geometricMean, mean, median, standardErrorPoints } from './means.ts'
export { normalSample, normalTail, studentSample } from './normal.ts'
export { type FormatRange, formatRange, type NumberFormat, numberFormat, roundToFormat } from './number-format.ts'
export { permutations } from './permutations.ts'
export { floorLog2, powerOf, powerOfTwo } from './powers.ts'
export { prunedWeights } from './pruned-weights.ts'
export { describeSource, type Quantity, type Source } from './quantity.ts'
export { createRng, forkRng, type Rng, SEED_COUNT } from './rng.ts'
export { selectRank } from './select.ts'
export { shuffle } from './shuffle.ts'
export { type EntropyQuirks, logitEntropy, maskedSoftmax } from './softmax.ts'
export { createWasmMemory, instantiateWasm, type WasmBinary, type WasmMemory, wasmBytes } from './wasm.ts'
