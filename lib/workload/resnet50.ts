import type { Source } from '../numeric/mod.ts'
import { idealMatmulWork, type Work } from './counting.ts'
import type { Matmul } from './operator.ts'

/** Where a convolution stands in the network. */
export type ConvolutionRole = 'stem' | 'reduce' | 'spatial' | 'expand' | 'shortcut'

/** A square convolution over square feature maps, done `repeats` times with identical shapes. */
export interface Convolution {
  readonly role: ConvolutionRole
  /** 0 for the stem, 1..4 for the residual stages. */
  readonly stage: number
  /** The 1x1 that reduces a new stage's wider, larger input, as against those of its later blocks. */
  readonly entry: boolean
  readonly kernel: number
  readonly inChannels: number
  readonly outChannels: number
  readonly inSide: number
  readonly outSide: number
  readonly repeats: number
}

/** Deviations of the published ResNet-50 analysis from the network; none is on by default. */
export interface ResNetQuirks {
  /** Stage 1's first 1x1 is counted with the 256 inputs of its later blocks (really 64). */
  readonly stage1EntryWide?: boolean
  /** Padding of the 7x7 stem (3 in the network: output 112; 0 gives 109). */
  readonly stemPadding?: number
  /** Stages whose shortcut convolution is counted (all four in the network). */
  readonly shortcutStages?: readonly number[]
  /** A strided shortcut is charged for the input pixels it uses, not for the whole input. */
  readonly sampledShortcuts?: boolean
}

/** Source of the network's shapes. */
export const RESNET50_SOURCE: Source = {
  kind: 'public',
  which:
    'He et al., "Deep residual learning for image recognition", CVPR 2016, Table 1 (v1: stride 2 in the first 1x1); survey Fig. 28',
}

/** Side and channels of the input image, and the classes. */
export const RESNET50_IMAGE = { side: 224, channels: 3, classes: 1000 } as const

/** The residual stages: blocks, bottleneck width, side of the output. */
export const RESNET50_STAGES = [
  { blocks: 3, width: 64, side: 56 },
  { blocks: 4, width: 128, side: 28 },
  { blocks: 6, width: 256, side: 14 },
  { blocks: 3, width: 512, side: 7 },
] as const
/** Output channels of a block over its bottleneck width. */
export const RESNET50_EXPANSION = 4
/** The first convolution. */
export const RESNET50_STEM = { kernel: 7, stride: 2, padding: 3, channels: 64 } as const

/**
 * The convolutions of ResNet-50 v1, identical ones joined.
 *
 * @example
 * ```ts
 * import { convolutionOutputs, resnet50Convolutions } from '../../lib/workload/mod.ts'
 *
 * const [stem] = resnet50Convolutions()
 * stem?.outSide // => 112
 * convolutionOutputs(stem ? [stem] : []) // => 64 * 112 * 112
 * ```
 */
export function resnet50Convolutions(quirks: ResNetQuirks = {}): Convolution[] {
  const { stemPadding = RESNET50_STEM.padding, shortcutStages = [1, 2, 3, 4], sampledShortcuts = false } = quirks
  const stemSide = Math.floor((RESNET50_IMAGE.side + 2 * stemPadding - RESNET50_STEM.kernel) / RESNET50_STEM.stride) + 1
  const list: Convolution[] = [
    {
      role: 'stem',
      stage: 0,
      entry: false,
      kernel: RESNET50_STEM.kernel,
      inChannels: RESNET50_IMAGE.channels,
      outChannels: RESNET50_STEM.channels,
      inSide: RESNET50_IMAGE.side,
      outSide: stemSide,
      repeats: 1,
    },
  ]
  let previousChannels: number = RESNET50_STEM.channels
  RESNET50_STAGES.forEach(({ blocks, width, side }, index) => {
    const stage = index + 1
    const wide = RESNET50_EXPANSION * width
    const inSide = stage === 1 ? side : 2 * side
    const at = (
      role: ConvolutionRole,
      kernel: number,
      inChannels: number,
      outChannels: number,
      repeats: number,
    ): Convolution => ({
      role,
      stage,
      entry: false,
      kernel,
      inChannels,
      outChannels,
      inSide: side,
      outSide: side,
      repeats,
    })
    const entryChannels = stage === 1 && quirks.stage1EntryWide ? wide : previousChannels
    list.push(
      { ...at('reduce', 1, entryChannels, width, 1), entry: true, inSide },
      at('reduce', 1, wide, width, blocks - 1),
      at('spatial', 3, width, width, blocks),
      at('expand', 1, width, wide, blocks),
    )
    if (shortcutStages.includes(stage)) {
      list.push({ ...at('shortcut', 1, previousChannels, wide, 1), inSide: sampledShortcuts ? side : inSide })
    }
    previousChannels = wide
  })
  return list
}

/** A convolution as a matmul: output pixels by (channels x window) by output channels. */
export function convolutionMatmul(conv: Convolution): Matmul {
  return {
    kind: 'matmul',
    name: conv.role,
    m: conv.outSide * conv.outSide,
    k: conv.inChannels * conv.kernel * conv.kernel,
    n: conv.outChannels,
    repeats: conv.repeats,
    weights: true,
    feedsNonlinear: false,
    inputElements: conv.inChannels * conv.inSide * conv.inSide,
  }
}

/** Ideal work of a convolution: weights, input and output once each; two FLOPs per multiply-accumulate. */
export function convolutionWork(conv: Convolution): Work {
  return idealMatmulWork(convolutionMatmul(conv))
}

/** Output elements of the chosen convolutions, over all repeats. */
export function convolutionOutputs(convolutions: readonly Convolution[]): number {
  return convolutions.reduce((sum, c) => sum + c.outChannels * c.outSide * c.outSide * c.repeats, 0)
}
