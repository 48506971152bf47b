import { FIG_14 } from './published-curves.ts'

/** Thresholds of DynaTran besides 0: those of the paper, and some beyond, to see accuracy drop. */
export const THRESHOLDS = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3] as const

/** Thresholds of DynaTran where weights are pruned too. */
export const WP_THRESHOLDS = [0.02, 0.05, 0.1, 0.15] as const

/** Probabilities that a row keeps under top-k. */
export const KEPT = [16, 8, 4, 2, 1] as const

/** Sentences that each point of a curve is measured on. */
export const CURVE_SENTENCES = 400

/** The fixed threshold of the weights in Fig. 14, of BERT-Tiny, the smaller of its two models. */
export const WEIGHT_THRESHOLD: number =
  FIG_14.find(({ model }) => model === 'BERT-Tiny')?.weightThresholdTau ?? Number.NaN
