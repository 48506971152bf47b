export {
  dynatranPrune,
  type PrunedBuffer,
  type PruningCount,
  prunedBuffer,
  type Reals,
  sparsityOf,
} from './dynatran.ts'
export { growthExponent } from './growth.ts'
export { attentionSparsity, type PrunedActivations, probabilitiesPerRow, prunedActivations } from './net-sparsity.ts'
export {
  type OperandPairs,
  type PreComputeQuirks,
  preCompute,
  type ZeroFree,
  zeroCollapse,
  zeroExpand,
} from './sparsity-modules.ts'
export { meanCurve, profileThresholds, type ThresholdCurve, thresholdFor } from './threshold-curve.ts'
export { TOP_K_SELECTIONS, type TopKOptions, type TopKSelection, topKPrune } from './top-k.ts'
