#!/usr/bin/env -S npx tsx
import { SFU_PASSES, TILING_CONSTANTS } from '../../lib/accelerators/analytical/mod.ts'
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { bertBase } from '../../lib/workload/mod.ts'
import {
  BREAKDOWN_COLUMNS,
  breakdownFigure,
  breakdownRows,
  projectionsThenActToAct,
} from './shared/latency-breakdown.ts'
import { MACHINE_PARAMS } from './shared/machine-params.ts'
import { FIGURE_SEQ_LENS } from './shared/model-sweep.ts'
import { shapeParams, steppedSeqLensParam } from './shared/operator-table.ts'

const fig30 = experiment({
  id: 'survey/fig30-latency-breakdown-bert',
  version: '1.0.0',
  paper: 'survey',
  item: 'Fig. 30',
  title: 'Latency breakdown of the BERT-Base encoder on the analytical machine',
  params: { ...shapeParams(bertBase), seqLens: steppedSeqLensParam(FIGURE_SEQ_LENS, 'Fig. 30'), ...MACHINE_PARAMS },
  constants: { ...TILING_CONSTANTS, softmaxPasses: SFU_PASSES.softmax, layernormPasses: SFU_PASSES.layernorm },
  schema: tables({ breakdown: BREAKDOWN_COLUMNS }),
  run: ({ params: { layers, hidden, heads, ffn, seqLens, ...machine } }) => ({
    breakdown: breakdownRows({ kind: 'encoder', layers, hidden, heads, ffn }, machine, seqLens),
  }),
  claims: {
    'survey.fig30.breakdown': ({ breakdown }) => projectionsThenActToAct(breakdown),
    'survey.fig7.breakdown': { unreachable: 'a measurement on an Intel Gold 6242 with an unpublished program' },
    'survey.txt.cpu-mha-share': { unreachable: 'compares with a measurement on an Intel Gold 6242' },
    'survey.txt.softmax-passes': () => SFU_PASSES.softmax.value,
    'survey.txt.ln-passes': () => SFU_PASSES.layernorm.value,
  },
  figure: ({ breakdown }) => breakdownFigure(breakdown, 'the BERT-Base encoder'),
})

export default fig30
await main(import.meta, fig30)
