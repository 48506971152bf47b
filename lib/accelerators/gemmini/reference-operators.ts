import { convolutionProblem, matmulProblem, type Problem } from '../../mapping/mod.ts'
import { bertBase, type ConvolutionRole, layerOperators, resnet50Convolutions } from '../../workload/mod.ts'

/** Tokens at which the survey maps BERT's matmuls (Sec. 5.5.1). */
export const REFERENCE_SEQ_LEN = 512

function projection(name: string): Problem {
  const pass = { tokens: REFERENCE_SEQ_LEN, context: REFERENCE_SEQ_LEN }
  const found = layerOperators(bertBase, pass).find((op) => op.kind === 'matmul' && op.name === name)
  if (found?.kind !== 'matmul') throw new RangeError(`Cannot name an operator: a layer must have the matmul ${name}`)
  return matmulProblem(found)
}

function convolution(stage: number, role: ConvolutionRole): Problem {
  const found = resnet50Convolutions().find((conv) => conv.stage === stage && conv.role === role && !conv.entry)
  if (!found)
    throw new RangeError(`Cannot name an operator: ResNet-50 must have a ${role} convolution in stage ${stage}`)
  return convolutionProblem({ ...found, stride: Math.round(found.inSide / found.outSide) })
}

/** The operators whose map spaces the survey compares (Sec. 5.5.1), by name: BERT-Base's, then ResNet-50's. */
export const REFERENCE_OPERATORS = {
  'q-projection': projection('q'),
  'ffn-w1': projection('ffn1'),
  'conv7x7-64-s2': convolution(0, 'stem'),
  'conv3x3-512': convolution(4, 'spatial'),
  'conv1x1-512': convolution(4, 'reduce'),
  'conv1x1-2048': convolution(4, 'expand'),
} as const satisfies Record<string, Problem>
export type ReferenceOperatorName = keyof typeof REFERENCE_OPERATORS

/** Their names. */
export const REFERENCE_OPERATOR_NAMES = Object.keys(REFERENCE_OPERATORS) as readonly ReferenceOperatorName[]
