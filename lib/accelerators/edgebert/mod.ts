export { type AreaBlock, type MemoryBudget, memoryArea, type PeakFigures, peakFigures } from './area-power.ts'
export {
  chooseSetting,
  DVFS_CONSTANTS,
  type DvfsSystem,
  nominalPoint,
  type Setting,
} from './dvfs-system.ts'
export {
  type Cost,
  type EmbeddingPart,
  loadFromDram,
  RERAM_ACCESSES,
  type ReramAccess,
  type ReramStore,
  readReram,
  type SramCopy,
} from './embedding.ts'
export {
  BIT_ORDERS,
  type BitOrder,
  StoredEmbedding,
  wordsInOrder,
} from './embedding-faults.ts'
export {
  distilLookup,
  type EntropyRow,
  type ExitCount,
  type ExitLookup,
  earlyExitLayer,
  type LookupQuirks,
  latencyAwareExits,
  predictExit,
} from './exits.ts'
export {
  type Datapath,
  type LayerCycles,
  layerCycles,
  layerWeights,
  matmulCycles,
  streamedBytes,
  type WeightStream,
} from './layer-cycles.ts'
export {
  HEAD_PARTS,
  type HeadPart,
  layerFlops,
  operatorFlops,
  SKIPPED_WITH_HEAD,
  type SpannedPass,
  spannedLayer,
} from './layer-work.ts'
export { baseWindow, type PowerSplit, scaledEnergy } from './mac-scaling.ts'
export { runLatencyAware, runNominal, type SentenceExit, type SentenceRun } from './sentence.ts'
export { type PowerModel, type SentenceEnergy, sentenceEnergy } from './sentence-energy.ts'
export {
  GATING_RULES,
  type GatingRule,
  gatingGain,
  nullVectorShare,
  type OperandSparsity,
  savedProducts,
} from './sparsity.ts'
export {
  elementwiseCycles,
  INTERVAL_CONSTANTS,
  type Intervals,
  type MachineName,
  machineCycles,
  STATE_MACHINES,
  type StateMachine,
} from './special-function-unit.ts'
export { type InferenceMachine, nominalEnergy, runTrace, type TraceResult } from './trace.ts'
export { PHASES, type Sequence, type Stretch, waveform } from './waveform.ts'
