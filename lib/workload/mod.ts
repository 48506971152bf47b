export {
  ACCESSES_PER_ELEMENT,
  BYTES_PER_ELEMENT,
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
export { albertBase, bertBase, bertLarge, bertTiny, gpt2, transformers } from './models.ts'
export {
  type Elementwise,
  elementsOf,
  macsOf,
  type Matmul,
  type Operator,
  OPERATOR_GROUPS,
  type OperatorGroup,
} from './operator.ts'
export {
  type Convolution,
  convolutionMatmul,
  convolutionOutputs,
  type ConvolutionRole,
  convolutionWork,
  RESNET50_SOURCE,
  resnet50Convolutions,
  type ResNetQuirks,
} from './resnet50.ts'
export { NORMALISATION, resnet50OtherWork, type ResNetOptions, type ResNetWork, resnetWork } from './resnet50-work.ts'
export {
  headWidth,
  layerOperators,
  type LayerPass,
  type LayerQuirks,
  type Transformer,
  type TransformerShape,
} from './transformer.ts'
