#!/usr/bin/env -S npx tsx
import { experiment, main, printedAt, tables } from '../../lib/harness/mod.ts'
import { convolutionWork, intensity, resnet50Convolutions } from '../../lib/workload/mod.ts'
import { rowPanels } from './shared/printed-figure.ts'
import { RESNET_PARAMS } from './shared/resnet-params.ts'

type ConvolutionRow = {
  readonly kernel: number
  readonly outChannels: number
  readonly outSide: number
  readonly flops: number
  readonly bytes: number
  readonly intensity: number
}
type ConvolutionTables = { readonly convolutions: readonly ConvolutionRow[] }

const measures = {
  flops: (row: ConvolutionRow) => row.flops / 1e9,
  mops: (row: ConvolutionRow) => row.bytes / 1e9,
  ai: (row: ConvolutionRow) => row.intensity,
}

/** Rows of Table 12: the convolutions inside the blocks; stage entries that reduce a larger input are not listed. */
const blockConvolutions = (stage1EntryWide: boolean) =>
  resnet50Convolutions({ stage1EntryWide }).filter(
    ({ role, entry, stage }) => role !== 'stem' && role !== 'shortcut' && !(entry && stage > 1),
  )

const table12 = experiment({
  id: 'survey/table12-resnet50-convs',
  version: '1.0.0',
  paper: 'survey',
  item: 'Table 12',
  title:
    'Convolutions of ResNet-50 by kernel, output channels and output size (stem, stage-entry 1x1s of stages 2-4 and shortcuts are not listed)',
  params: { stage1EntryWide: RESNET_PARAMS.stage1EntryWide },
  variants: {
    'as-published': {
      why: "all three 1x1, 64 convolutions of stage 1 count 256 inputs; the first block's has 64",
      set: { stage1EntryWide: true },
    },
    corrected: { why: "the first block's 1x1 reads the stem's 64 channels", set: { stage1EntryWide: false } },
  },
  schema: tables({
    convolutions: {
      kernel: { type: 'integer', unit: 'pixel', 'x-key': true },
      outChannels: { type: 'integer', unit: 'channel', 'x-key': true },
      outSide: { type: 'integer', unit: 'pixel', 'x-key': true },
      layers: { type: 'integer', unit: 'layer', description: 'convolutions the row adds up' },
      flops: { type: 'integer', unit: 'FLOP' },
      bytes: { type: 'integer', unit: 'byte' },
      intensity: { type: 'number', unit: 'FLOP/byte' },
    },
  }),
  run({ params }) {
    const rows = new Map<string, Omit<ConvolutionRow, 'intensity'> & { layers: number }>()
    for (const conv of blockConvolutions(params.stage1EntryWide)) {
      const { kernel, outChannels, outSide, repeats } = conv
      const key = [kernel, outChannels, outSide].join()
      const sum = rows.get(key) ?? { kernel, outChannels, outSide, layers: 0, flops: 0, bytes: 0 }
      const work = convolutionWork(conv)
      rows.set(key, {
        ...sum,
        layers: sum.layers + repeats,
        flops: sum.flops + work.flops,
        bytes: sum.bytes + work.bytes,
      })
    }
    return { convolutions: [...rows.values()].map((row) => ({ ...row, intensity: intensity(row) })) }
  },
  claims: Object.fromEntries(
    blockConvolutions(false)
      .filter(({ entry }) => !entry)
      .flatMap(({ kernel, outChannels, outSide }) =>
        Object.entries(measures).map(([name, measure]) => [
          `survey.t12.k${kernel}-c${outChannels}-o${outSide}.${name}`,
          ({ convolutions }: ConvolutionTables) => {
            const row = convolutions.find(
              (r) => r.kernel === kernel && r.outChannels === outChannels && r.outSide === outSide,
            )
            return row && measure(row)
          },
        ]),
      ),
  ),
  errata: [
    {
      where: 'Table 12, first row (1x1, 64 channels, 56 x 56)',
      printed: '0.31 GFLOP, 100.76 FLOP/byte',
      shouldBe: '0.23 GFLOP, 94.55 FLOP/byte',
      arithmetic:
        'three layers with 256 inputs give 3 x 2 x 256 x 64 x 56^2 = 0.308 GFLOP; the first block reads 64 channels (Fig. 28): 0.231',
    },
  ],
  figure: ({ convolutions }, marks) => {
    const titles = {
      flops: 'FLOPs [10^9 FLOP]',
      mops: 'MOPs [10^9 byte]',
      ai: 'intensity [FLOP/byte]',
    } as const
    return rowPanels(
      (Object.keys(titles) as (keyof typeof titles)[]).map((name) => ({
        title: titles[name],
        cells: convolutions.map((row) => ({
          row: `${row.kernel}x${row.kernel}, ${row.outChannels} channels, ${row.outSide} x ${row.outSide}`,
          ours: measures[name](row),
          printed: printedAt(marks, `survey.t12.k${row.kernel}-c${row.outChannels}-o${row.outSide}.${name}`),
        })),
      })),
      {
        rowTitle: 'convolution',
        panelWidth: 150,
        description:
          "FLOPs, memory operations (MOPs) and arithmetic intensity of ResNet-50's convolutions by kernel, output channels and output size, a panel for each: our values as bars, the table's as crosses.",
      },
    )
  },
})

export default table12
await main(import.meta, table12)
