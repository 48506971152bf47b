#!/usr/bin/env -S npx tsx
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { headWidth, transformers } from '../../lib/workload/mod.ts'
import { FIGURE_MODELS } from './shared/model-sweep.ts'

const COLUMNS = { n: 'layers', d: 'hidden', h: 'heads', 'd-ffn': 'ffn' } as const

const table01 = experiment({
  id: 'survey/table01-configurations',
  version: '1.0.0',
  paper: 'survey',
  item: 'Table 1',
  title: 'Configurations of the Transformers that the library knows by name',
  params: {},
  schema: tables({
    models: {
      model: { type: 'string', 'x-key': true },
      kind: { type: 'string', enum: ['encoder', 'decoder'] },
      layers: { type: 'integer', unit: 'layer' },
      hidden: { type: 'integer', unit: 'element' },
      heads: { type: 'integer', unit: 'head' },
      headWidth: { type: 'integer', unit: 'element' },
      ffn: { type: 'integer', unit: 'element' },
    },
  }),
  run: () => ({
    models: transformers.map((model) => {
      const { name, kind, layers, hidden, heads, ffn } = model
      return { model: name, kind, layers, hidden, heads, headWidth: headWidth(model), ffn }
    }),
  }),
  claims: Object.fromEntries(
    FIGURE_MODELS.flatMap(({ name }) =>
      Object.entries(COLUMNS).map(([symbol, column]) => [
        `survey.t1.${name.toLowerCase()}.${symbol}`,
        (t: { models: readonly ({ model: string } & Record<'layers' | 'hidden' | 'heads' | 'ffn', number>)[] }) =>
          t.models.find((row) => row.model === name)?.[column],
      ]),
    ),
  ),
})

export default table01
await main(import.meta, table01)
