import { KEY_DEALS } from '../../../lib/accelerators/leopard/mod.ts'
import type { Param } from '../../../lib/harness/mod.ts'
import { leopard } from './paper.ts'

/** How a tile that is simulated score by score gets its keys and hands its scores over. */
export const HANDOVER_PARAMS = {
  fifoDepth: {
    type: 'integer',
    value: 512,
    max: 1_000_000,
    unit: 'entry',
    source: leopard('Table 1'),
    description: 'depth of the FIFO of surviving scores',
  },
  deal: {
    type: 'string',
    value: 'interleaved',
    choices: KEY_DEALS,
    unit: '1',
    source: {
      kind: 'assumed',
      why: 'the keys are divided among the units (Sec. 4.2); how is not said',
      range: KEY_DEALS.join(' or '),
    },
    description: 'how keys are dealt to the units',
  },
} as const satisfies Record<string, Param>
