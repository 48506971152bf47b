import { BIT_ORDERS } from '../../../lib/accelerators/edgebert/mod.ts'
import { LAST_CELL_RULES } from '../../../lib/hardware/mod.ts'
import type { Param } from '../../../lib/harness/mod.ts'

/** How a stored value's bits lie in memory cells. */
export const CELL_PARAMS = {
  bitOrder: {
    type: 'string',
    value: 'sign-mantissa-exponent',
    choices: BIT_ORDERS,
    unit: '1',
    source: {
      kind: 'public',
      which:
        'lpentecost/NVMExplorer 495b9eb nvmexplorer_src/nvmFI/data_transform_utils.py, of the same group: sign, mantissa, exponent, each from its top bit',
    },
    description: 'order of the fields of a value over its cells, from the top',
  },
  lastCell: {
    type: 'string',
    value: 'fewer-levels',
    choices: LAST_CELL_RULES,
    unit: '1',
    source: {
      kind: 'assumed',
      why: '8 bits fill two cells of 3 bits and 2 bits of a third, which the paper does not mention',
      range: LAST_CELL_RULES.join(' or '),
    },
    description:
      'levels of a cell that is not full: as few as its bits need, spread over the whole range, or the lowest of eight',
  },
} as const satisfies Record<string, Param>
