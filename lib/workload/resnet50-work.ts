import type { Quantity, Source } from '../numeric/mod.ts'
import { ACCESSES_PER_ELEMENT, FLOPS_PER_ELEMENT, type Work } from './counting.ts'
import {
  type Convolution,
  convolutionOutputs,
  convolutionWork,
  RESNET50_EXPANSION,
  RESNET50_IMAGE,
  RESNET50_STAGES,
  RESNET50_STEM,
} from './resnet50.ts'

const inferred = (how: string): Source => ({ kind: 'derived', how })

/** Work of BatchNorm, ReLU and pooling. */
export const RESNET50_CONSTANTS = {
  batchnormFlops: {
    value: 4,
    unit: 'FLOP/element',
    source: inferred('subtract the mean, divide by the deviation, scale, shift'),
  },
  reluFlops: { value: 1, unit: 'FLOP/element', source: inferred('one comparison') },
  maxpoolFlops: {
    value: 4,
    unit: 'FLOP/output',
    source: inferred('a 3x3 maximum taken separably: 2 + 2 comparisons'),
  },
} as const satisfies Record<string, Quantity>

/** Bytes an element-wise pass moves: one read, one write. */
const BYTES_PER_PASS = 2

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
  const { reads, writes } = ACCESSES_PER_ELEMENT.residual
  // The average pool is one addition an input.
  return {
    flops:
      residuals * FLOPS_PER_ELEMENT.residual.value +
      RESNET50_CONSTANTS.maxpoolFlops.value * poolOut +
      averageIn +
      2 * features * classes +
      FLOPS_PER_ELEMENT.softmax.value * classes,
    bytes:
      (reads + writes) * residuals +
      (poolIn + poolOut) +
      (averageIn + features) +
      (features * classes + features + classes) +
      2 * classes,
  }
}

/** What a convolutional network does besides its listed convolutions. */
export interface ResNetOptions {
  /** Charge BatchNorm and ReLU on the outputs of the stem and the shortcuts too (ReLU on the stem's only). */
  readonly normaliseAll: boolean
  /** Passes of BatchNorm over its input; at inference its statistics are known and one is enough. */
  readonly batchnormPasses: number
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

function perElement(elements: number, flops: number, bytes: number): Work {
  return { flops: flops * elements, bytes: bytes * elements }
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
  const batchnorm = perElement(
    elements.batchnorm,
    RESNET50_CONSTANTS.batchnormFlops.value,
    BYTES_PER_PASS * options.batchnormPasses,
  )
  const relu = perElement(elements.relu, RESNET50_CONSTANTS.reluFlops.value, BYTES_PER_PASS)
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
