import type { Quantity, Source } from '../numeric/mod.ts'
import { FLOPS_PER_ELEMENT, type Work } from './counting.ts'
import {
  type Convolution,
  convolutionOutputs,
  convolutionWork,
  RESNET50_EXPANSION,
  RESNET50_IMAGE,
  RESNET50_STAGES,
  RESNET50_STEM,
} from './resnet50.ts'

/** Work of the operations that are neither convolution, BatchNorm nor ReLU. */
export function resnet50OtherWork(): Work {
  const stage1 = RESNET50_STAGES[0]
  const last = RESNET50_STAGES[3]
  const residuals = RESNET50_STAGES.reduce(
    (sum, s) => sum + s.blocks * RESNET50_EXPANSION * s.width * s.side * s.side,
    0,
  )
  const poolIn = RESNET50_STEM.channels * (2 * stage1.side) * (2 * stage1.side)
  const poolOut = RESNET50_STEM.channels * stage1.side * stage1.side
  const features = RESNET50_EXPANSION * last.width
  const averageIn = features * last.side * last.side
  const { classes } = RESNET50_IMAGE
  // A 3x3 maximum taken separably is 2 + 2 comparisons an output; the average pool is one addition an input.
  return {
    flops:
      residuals * FLOPS_PER_ELEMENT.residual.value +
      4 * poolOut +
      averageIn +
      2 * features * classes +
      FLOPS_PER_ELEMENT.softmax.value * classes,
    bytes:
      3 * residuals +
      (poolIn + poolOut) +
      (averageIn + features) +
      (features * classes + features + classes) +
      2 * classes,
  }
}

const inferred = (how: string): Source => ({ kind: 'derived', how })

/** Work of BatchNorm and ReLU per element. */
export const NORMALISATION = {
  batchnormFlops: {
    value: 4,
    unit: 'FLOP/element',
    source: inferred('subtract mean, scale by the deviation, scale, shift'),
  },
  batchnormBytes: {
    value: 4,
    unit: 'byte/element',
    source: inferred('read and write in two steps: normalise, then scale and shift (as Table 4 evidently counts)'),
  },
  reluFlops: { value: 1, unit: 'FLOP/element', source: inferred('one comparison') },
  reluBytes: { value: 2, unit: 'byte/element', source: inferred('one read, one write') },
} as const satisfies Record<string, Quantity>

/** What a convolutional network does besides its listed convolutions. */
export interface ResNetOptions {
  /** Charge BatchNorm and ReLU on the outputs of the stem and the shortcuts too (ReLU on the stem's only). */
  readonly normaliseAll: boolean
}

/** Work of ResNet-50 by kind of operation (survey Table 4). */
export interface ResNetWork {
  readonly convolution: Work
  readonly batchnorm: Work
  readonly relu: Work
  readonly other: Work
  readonly unfused: Work
  /** BatchNorm folded into the weights; ReLU still computed, but on values at hand. */
  readonly fused: Work
}

function add(...works: readonly Work[]): Work {
  return works.reduce((sum, w) => ({ flops: sum.flops + w.flops, bytes: sum.bytes + w.bytes }), { flops: 0, bytes: 0 })
}

function perElement(elements: number, flops: Quantity, bytes: Quantity): Work {
  return { flops: flops.value * elements, bytes: bytes.value * elements }
}

/** Elements that BatchNorm and ReLU touch. */
function normalisedElements(
  convolutions: readonly Convolution[],
  { normaliseAll }: ResNetOptions,
): { batchnorm: number; relu: number } {
  const inBlocks = convolutionOutputs(convolutions.filter(({ role }) => role !== 'stem' && role !== 'shortcut'))
  const of = (role: Convolution['role']) =>
    normaliseAll ? convolutionOutputs(convolutions.filter((c) => c.role === role)) : 0
  return { batchnorm: inBlocks + of('stem') + of('shortcut'), relu: inBlocks + of('stem') }
}

/** Ideal work of ResNet-50: every operand and result once, at one byte. */
export function resnetWork(convolutions: readonly Convolution[], options: ResNetOptions): ResNetWork {
  const elements = normalisedElements(convolutions, options)
  const convolution = add(...convolutions.map(convolutionWork))
  const batchnorm = perElement(elements.batchnorm, NORMALISATION.batchnormFlops, NORMALISATION.batchnormBytes)
  const relu = perElement(elements.relu, NORMALISATION.reluFlops, NORMALISATION.reluBytes)
  const other = resnet50OtherWork()
  return {
    convolution,
    batchnorm,
    relu,
    other,
    unfused: add(convolution, batchnorm, relu, other),
    fused: add(convolution, { flops: relu.flops, bytes: 0 }, other),
  }
}
