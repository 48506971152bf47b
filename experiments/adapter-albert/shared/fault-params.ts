import { CELL_KINDS, LAST_CELL_RULES } from '../../../lib/hardware/mod.ts'
import type { Param } from '../../../lib/harness/mod.ts'
import { ENCODER_PARAMS } from './encoder-params.ts'
import { SCENARIO_PARAMS } from './hma-params.ts'
import { adapterAlbert, assumed } from './paper.ts'

const { vocabulary, positions, types, embeddingWidth } = ENCODER_PARAMS

/** A stored embedding, and a random tensor that stands in for it. */
export const TENSOR_PARAMS = {
  vocabulary,
  positions,
  types,
  embeddingWidth: { ...embeddingWidth, description: 'width of an embedding; a multiple of 8' },
  sparsity: { ...SCENARIO_PARAMS.embeddingSparsity, max: 0.999 },
  format: {
    type: 'string',
    value: 'Q3.5',
    unit: '1',
    source: adapterAlbert('Sec. IV-A'),
    description: 'fixed-point format of a stored value, of up to 16 bits',
  },
  rows: {
    type: 'integer',
    value: 4000,
    max: 1_000_000,
    unit: 'word',
    source: {
      kind: 'assumed',
      why: 'a smaller tensor is quicker; a flip in one stream makes the same error in any, other faults less in a larger one',
      range: '1000 to 30,000, the whole vocabulary',
    },
    description: 'rows of the random tensor faults are injected into',
  },
  sigma: {
    type: 'number',
    value: 0.25,
    min: 1e-6,
    max: 1e6,
    unit: '1',
    source: {
      kind: 'assumed',
      why: 'the trained weights are not published; a misread value does harm as 1 over it, a flip in the mask does not',
      range: '0.02 (initial deviation of ALBERT) to 1 give the same verdicts',
    },
    description: 'standard deviation of the weights before pruning',
  },
  degrees: {
    type: 'integer',
    value: 0,
    min: 0,
    max: 100,
    unit: '1',
    source: {
      kind: 'assumed',
      why: "the trained weights are not published; 0 draws them from a Gaussian, other numbers from Student's t",
      range: '0, or 4 to 10, even',
    },
    description: 'degrees of freedom of the weights; 0 is a Gaussian, else even and from 4',
  },
} as const satisfies Record<string, Param>

/** Faults, and how they are judged. */
export const FAULT_PARAMS = {
  valueCell: {
    type: 'string',
    value: 'mlc2',
    choices: CELL_KINDS,
    unit: '1',
    source: adapterAlbert('Sec. I, II-B: non-zero values in 2-bit MLC RRAM'),
    description: 'cells of the values',
  },
  maskCell: {
    type: 'string',
    value: 'slc',
    choices: CELL_KINDS,
    unit: '1',
    source: adapterAlbert('Sec. I, II-B: the bitmask in SLC RRAM'),
    description: 'cells of the mask',
  },
  lastCell: {
    type: 'string',
    value: 'fewer-levels',
    choices: LAST_CELL_RULES,
    unit: '1',
    source: assumed('8 bits fill two cells of 3 bits and 2 bits of a third', LAST_CELL_RULES.join(' or ')),
    description:
      'levels of a cell that is not full: as few as its bits need, spread over the whole range, or the lowest of eight',
  },
  faultCounts: {
    type: 'integer',
    value: [1, 5, 10, 50],
    max: 10_000,
    distinct: true,
    unit: 'cell',
    source: assumed('the paper warns of a single flip (Sec. II-B); equal numbers compare mask and values', '1 to 100'),
    description: 'cells that are misread at once, in the values or in the mask; one always is among them',
  },
  valueRates: {
    type: 'number',
    value: [1e-4, 1e-3, 1e-2],
    max: 1,
    distinct: true,
    unit: '1',
    source: assumed('beside the rates of the cell model, which is one of many', '1e-6 to 1e-2'),
    description: 'chances that any cell of the values is misread as a neighbouring level',
  },
  maskRates: {
    type: 'number',
    value: [1e-5, 1e-4],
    max: 1,
    distinct: true,
    unit: '1',
    source: assumed('beside the rates of the cell model, which is one of many', '1e-6 to 1e-2'),
    description: 'chances that any cell of the mask is misread as a neighbouring level',
  },
  trials: {
    type: 'integer',
    value: 40,
    max: 10_000,
    unit: '1',
    source: assumed('the mean error of one flip is known to 5 % of the weights then', '20 to 1000'),
    description: 'reads of the whole tensor for each kind of fault',
  },
  rowsPerPointer: {
    type: 'integer',
    value: 1,
    max: 1_000_000,
    unit: 'word',
    source: assumed(
      'the paper mentions no pointers; EdgeBERT, whose accelerator this is, looks up single rows',
      '1 to 1000',
    ),
    description: "rows that share a pointer to their values, for the decoder 'pointers'",
  },
  catastrophicError: {
    type: 'number',
    value: 0.5,
    max: 10,
    unit: '1',
    source: assumed(
      '"catastrophic" has no number in the paper; weights that are all lost have an error of 1',
      '0.02 to 0.9 give the same verdicts',
    ),
    description: 'mean relative error of the weights from which a single flip counts as catastrophic',
  },
  resilienceCount: {
    type: 'integer',
    value: 100,
    max: 1_000_000_000,
    unit: 'cell',
    source: assumed('"resilience" has no number in the paper', '10 to 20,000 give the same verdicts'),
    description: 'misread values that must do no more harm than one flip in the mask for values to count as resilient',
  },
} as const satisfies Record<string, Param>
