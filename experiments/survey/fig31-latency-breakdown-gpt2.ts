#!/usr/bin/env -S npx tsx
import { SFU_PASSES, TILING_CONSTANTS } from '../../lib/accelerators/analytical/mod.ts'
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { gpt2 } from '../../lib/workload/mod.ts'
import {
  BREAKDOWN_COLUMNS,
  breakdownFigure,
  breakdownRows,
  projectionsThenActToAct,
} from './shared/latency-breakdown.ts'
import { MACHINE_PARAMS } from './shared/machine-params.ts'
import { FIGURE_SEQ_LENS } from './shared/model-sweep.ts'
import { shapeParams, steppedSeqLensParam } from './shared/operator-table.ts'

const fig31 = experiment({
  id: 'survey/fig31-latency-breakdown-gpt2',
  version: '1.0.0',
  paper: 'survey',
  item: 'Fig. 31',
  title: 'Latency breakdown of the GPT-2 decoder on the analytical machine',
  params: { ...shapeParams(gpt2), seqLens: steppedSeqLensParam(FIGURE_SEQ_LENS, 'Fig. 31'), ...MACHINE_PARAMS },
  constants: { ...TILING_CONSTANTS, softmaxPasses: SFU_PASSES.softmax, layernormPasses: SFU_PASSES.layernorm },
  schema: tables({ breakdown: BREAKDOWN_COLUMNS }),
  run: ({ params: { layers, hidden, heads, ffn, seqLens, ...machine } }) => ({
    breakdown: breakdownRows({ kind: 'decoder', layers, hidden, heads, ffn }, machine, seqLens),
  }),
  claims: {
    'survey.fig31.breakdown': ({ breakdown }) => projectionsThenActToAct(breakdown),
    'survey.fig8.breakdown': { unreachable: 'a measurement on an Intel Gold 6242 with an unpublished program' },
  },
  figure: ({ breakdown }) => breakdownFigure(breakdown, 'the GPT-2 decoder'),
})

export default fig31
await main(import.meta, fig31)
