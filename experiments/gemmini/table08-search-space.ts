#!/usr/bin/env -S npx tsx
import { type ArchitectureSpace, architectureCount } from '../../lib/accelerators/gemmini/mod.ts'
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { bertBase } from '../../lib/workload/mod.ts'
import { largestNetwork, SPACE_PARAMS, smallestNetwork, spaceOf } from './shared/architecture-params.ts'

const ends = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const
const HEAD_WIDTH = bertBase.hidden / bertBase.heads
const training = 'their training, which this experiment does not repeat'

/** Different matmuls of all networks in a space, for heads of one fixed width. */
function matmulShapes({ heads, hidden, ffn }: ArchitectureSpace): number {
  const shapes = new Set(['query x key', 'score x value'])
  for (const d of hidden) {
    for (const width of [...heads.map((count) => count * HEAD_WIDTH), ...ffn]) {
      shapes.add(`${d} x ${width}`).add(`${width} x ${d}`)
    }
  }
  return shapes.size
}

const table08 = experiment({
  id: 'gemmini/table08-search-space',
  version: '1.0.0',
  paper: 'survey',
  item: 'Table 8',
  title: 'The space of the architecture search, and how many networks it holds',
  params: SPACE_PARAMS,
  schema: tables({
    choices: {
      parameter: { type: 'string', 'x-key': true },
      smallest: { type: 'integer', unit: '1' },
      largest: { type: 'integer', unit: '1' },
      choices: { type: 'integer', unit: '1' },
    },
    size: {
      networks: { type: 'number', unit: 'network', description: 'with heads and FFN widths chosen per layer' },
      networksDecades: { type: 'number', unit: 'decade', description: 'log10 of it' },
      uniformNetworks: { type: 'integer', unit: 'network', description: 'with the same choice in all layers' },
      matmulShapes: {
        type: 'integer',
        unit: '1',
        description: 'different matmuls that a cost table needs where a head has a fixed width',
      },
    },
  }),
  run({ params }) {
    const space = spaceOf(params)
    const { layers, heads, hidden, ffn } = space
    const networks = architectureCount(space)
    const rows = Object.entries({ layers, heads, hidden, ffn })
    return {
      choices: rows.map(([parameter, values]) => {
        const [smallest, largest] = ends(values)
        return { parameter, smallest, largest, choices: values.length }
      }),
      size: [
        {
          networks,
          networksDecades: Math.log10(networks),
          uniformNetworks: layers.length * heads.length * hidden.length * ffn.length,
          matmulShapes: matmulShapes(space),
        },
      ],
    }
  },
  claims: {
    'survey.nas-space-N': (_, p) => ends(p.layerChoices),
    'survey.nas-space-h': (_, p) => ends(p.headChoices),
    'survey.nas-space-d': (_, p) => ends(p.hiddenChoices),
    'survey.nas-space-ffn': (_, p) => ends(p.ffnChoices),
    'survey.nas-layers': (_, p) => Math.max(...p.layerChoices),
    'survey.nas-baseline-largest': (_, p) => {
      const largest = largestNetwork(spaceOf(p))
      return (
        largest.layers.length === 6 &&
        largest.hidden === bertBase.hidden &&
        largest.layers.every((layer) => layer.heads === bertBase.heads && layer.ffn === bertBase.ffn) &&
        smallestNetwork(spaceOf(p)).hidden < largest.hidden
      )
    },
    'survey.nas-train-examples': { assumption: training },
    'survey.nas-val-examples': { assumption: training },
    'survey.nas-epochs': { assumption: training },
    'survey.nas-lr': { assumption: training },
    'survey.nas-batch': { assumption: training },
    'survey.nas-sandwich': { assumption: training },
    'survey.nas-early-gpu-hours': { assumption: 'cited, enters no model' },
    'survey.nas-wmt-pairs': { assumption: 'cited, enters no model' },
  },
  figure: ({ choices }) => ({
    description:
      'From the smallest to the largest choice of each dimension of the search space, as a bar on a logarithmic axis, with the number of choices beside it. All of it is taken over from the table.',
    width: 420,
    height: { step: 30 },
    data: { values: choices.map((row) => ({ ...row, counted: `${row.choices} choices` })) },
    encoding: { y: { field: 'parameter', type: 'nominal', sort: null, title: 'parameter', axis: { title: null } } },
    layer: [
      {
        mark: { type: 'bar', height: 12 },
        encoding: {
          x: {
            field: 'smallest',
            type: 'quantitative',
            title: 'smallest choice [1]',
            scale: { type: 'log' },
            axis: { title: 'smallest to largest choice [1]', values: [1, 10, 100, 1000] },
          },
          x2: { field: 'largest', title: 'largest choice [1]' },
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 6, aria: false },
        encoding: {
          x: { field: 'largest', type: 'quantitative' },
          text: { field: 'counted', type: 'nominal' },
        },
      },
    ],
  }),
})

export default table08
await main(import.meta, table08)
