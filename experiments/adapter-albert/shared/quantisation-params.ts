import type { Param } from '../../../lib/harness/mod.ts'
import { FORMATS_PARAM } from './formats.ts'
import { adapterAlbert } from './paper.ts'

/** Number formats, and random weights to store in them. */
export const QUANTISATION_PARAMS = {
  formats: {
    ...FORMATS_PARAM,
    value: 'FP32,Q3.13,Q3.5,Q1.7',
    source: adapterAlbert('Sec. IV-A: FP32, Q3.13 and Q3.5; Q1.7 stands for 8 bits without integers'),
  },
  sigmas: {
    type: 'number',
    value: [0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1],
    min: 1e-6,
    max: 1e6,
    distinct: true,
    unit: '1',
    source: {
      kind: 'assumed',
      why: 'the trained weights are not published; ALBERT is initialised with 0.02 (initializer_range of its configuration)',
      range: '0.01 to 1',
    },
    description: 'standard deviations of the weights before pruning',
  },
  degrees: {
    type: 'integer',
    value: [0, 4],
    min: 0,
    max: 100,
    distinct: true,
    unit: '1',
    source: {
      kind: 'assumed',
      why: "trained weights have heavier tails than a Gaussian; Student's t with 4 has much heavier ones",
      range: '0 (a Gaussian), or 4 to 10, even',
    },
    description: "degrees of freedom of the weights: 0 is a Gaussian, others, even and from 4, Student's t",
  },
  sparsity: {
    type: 'number',
    value: 0.5,
    min: 0,
    max: 0.999,
    unit: '1',
    source: adapterAlbert('Sec. III-B1: CSP-all, the backbone of Fig. 5'),
    description: 'share of the weights that pruning makes zero',
  },
  elements: {
    type: 'integer',
    value: 100_000,
    min: 1000,
    max: 2_000_000,
    unit: 'element',
    source: {
      kind: 'assumed',
      why: 'random weights, enough for SQNR to 0.1 dB where none saturates; where a few do, it hangs on those',
      range: '10,000 to 1,000,000',
    },
    description: 'random weights that are rounded',
  },
} as const satisfies Record<string, Param>
