import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import {
  type Convolution,
  RESNET50_SOURCE,
  type ResNetOptions,
  resnet50Convolutions,
} from '../../../lib/workload/mod.ts'

/** Which convolutions of ResNet-50 are counted, and how. */
export const RESNET_PARAMS = {
  stage1EntryWide: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: RESNET50_SOURCE,
    description: "count stage 1's first 1x1 with the 256 inputs of its later blocks (really 64)",
  },
  stemPadding: {
    type: 'integer',
    value: 3,
    min: 0,
    max: 3,
    unit: 'pixel',
    source: RESNET50_SOURCE,
    description: 'padding of the 7x7 stem',
  },
  shortcutStages: {
    type: 'integer',
    value: [1, 2, 3, 4],
    min: 1,
    max: 4,
    unit: 'stage',
    source: RESNET50_SOURCE,
    description: 'stages whose shortcut convolution is counted',
  },
  sampledShortcuts: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: {
      kind: 'assumed',
      why: 'an ideal load brings in the whole input once',
      range: 'true (only the pixels a stride of 2 uses) or false',
    },
    description: 'charge a strided shortcut for the input pixels it uses only',
  },
  normaliseAll: {
    type: 'boolean',
    value: true,
    unit: '1',
    source: RESNET50_SOURCE,
    description: 'charge BatchNorm on the outputs of stem and shortcuts, and ReLU on those of the stem, too',
  },
  batchnormPasses: {
    type: 'integer',
    value: 1,
    unit: 'pass',
    source: { kind: 'paper', where: 'survey Fig. 2: BatchNorm needs one pass over its input at inference' },
    description: 'passes of BatchNorm, each reading and writing its input',
  },
} as const satisfies Record<string, Param>

type ResNetParams = ParamValues<typeof RESNET_PARAMS>

/** The fitted list and the true one. */
export const RESNET_VARIANTS = {
  'as-published': {
    why: "a list fitted to Table 4's convolution row: stem without padding, stage 1's 1x1s all with 256 inputs (as Table 12 prints), only stage 2's shortcut; BatchNorm and ReLU on block convolutions only, BatchNorm in two passes",
    set: {
      stage1EntryWide: true,
      stemPadding: 0,
      shortcutStages: [2],
      sampledShortcuts: true,
      normaliseAll: false,
      batchnormPasses: 2,
    },
  },
  corrected: {
    why: 'ResNet-50 v1 as it is: 53 convolutions, BatchNorm after each in one pass, ReLU after stem and block convolutions',
    set: {
      stage1EntryWide: false,
      stemPadding: 3,
      shortcutStages: [1, 2, 3, 4],
      sampledShortcuts: false,
      normaliseAll: true,
      batchnormPasses: 1,
    },
  },
} as const

/** How the as-published list was found; attached to the claims it was fitted to. */
export const RESNET_CALIBRATION = {
  parameter: 'stage1EntryWide, stemPadding, shortcutStages, sampledShortcuts',
  method:
    "enumeration of 11664 lists (stem padding 0-3, stage 1 with 64 or 256 inputs, each strided entry and each shortcut left out, charged whole or for the pixels used) for the FLOPs and the intensity of Table 4's convolution row",
  window:
    '84 lists give the FLOPs, all with an unpadded stem and 256 inputs; 11 of them, of 8 different byte counts, come within 0.6 FLOP/byte, this one and another that cannot be told from it closest (0.03); none gives the intensity as printed',
} as const

/** The convolutions and options a run's parameters ask for; its other parameters do not matter here. */
export function resnetOf({
  stage1EntryWide,
  stemPadding,
  shortcutStages,
  sampledShortcuts,
  normaliseAll,
  batchnormPasses,
}: ResNetParams): { convolutions: Convolution[]; options: ResNetOptions } {
  return {
    convolutions: resnet50Convolutions({ stage1EntryWide, stemPadding, shortcutStages, sampledShortcuts }),
    options: { normaliseAll, batchnormPasses },
  }
}
