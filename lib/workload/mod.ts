export {
  type ActivationTraffic,
  activationTraffic,
  inferenceMacs,
  liveActivations,
  SCORE_STORAGE,
  type ScoreStorage,
} from './activations.ts'
export {
  ADAPTED_MODULES,
  type AdaptedEncoder,
  adapterParameters,
  adaptersByLayer,
  countOf,
  EMBEDDING_MODULES,
  LAYER_MODULES,
  MODULES,
  type Module,
  type ModuleCounts,
  moduleCounts,
  otherModules,
} from './adapted-encoder.ts'
export {
  ACCESSES_PER_ELEMENT,
  BYTES_PER_ELEMENT,
  COUNTING_CONSTANTS,
  type CountingQuirks,
  elementwiseFlops,
  FLOPS_PER_ELEMENT,
  type GroupedWork,
  idealElementwiseWork,
  idealMatmulWork,
  intensity,
  LAYERNORM_PARAMETERS_PER_ELEMENT,
  layerWork,
  matmulFlops,
  modelWork,
  type Work,
} from './counting.ts'
export { cumulativeSparsity, neededSparsity, type PrunedPart } from './cumulative-sparsity.ts'
export { albertBase, bertBase, bertLarge, bertTiny, gpt2, transformers } from './models.ts'
export {
  type Elementwise,
  elementsOf,
  type LayerOperator,
  type Matmul,
  macsOf,
  OPERATOR_GROUPS,
  type Operator,
  type OperatorGroup,
} from './operator.ts'
export {
  ALBERT_EMBEDDING,
  BERT_EMBEDDING,
  type EmbeddingShape,
  encoderParameters,
  type ParameterCounts,
} from './parameters.ts'
export {
  type Convolution,
  type ConvolutionRole,
  convolutionMatmul,
  convolutionOutputs,
  convolutionWork,
  RESNET50_SOURCE,
  RESNET50_STAGES,
  RESNET50_STEM,
  type ResNetQuirks,
  resnet50Convolutions,
} from './resnet50.ts'
export {
  RESNET50_CONSTANTS,
  type ResNetOptions,
  type ResNetWork,
  resnet50OtherWork,
  resnetWork,
} from './resnet50-work.ts'
export {
  headWidth,
  type LayerPass,
  type LayerQuirks,
  layerOperators,
  type Transformer,
  type TransformerShape,
} from './transformer.ts'
