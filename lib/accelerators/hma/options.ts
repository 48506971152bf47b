import { SCORE_STORAGE } from '../../workload/mod.ts'

/** Whose parameters stay on chip when another task runs. */
export const RESIDENCES = ['none', 'adapters', 'all'] as const
/** What of the activations takes room in SRAM. */
export const ACTIVATION_ROOMS = ['none', ...SCORE_STORAGE] as const
/** How often weights are read in an inference. */
export const WEIGHT_READS = ['once', 'every layer'] as const
/** What is read of the embedding in an inference. */
export const EMBEDDING_READS = ['sentence', 'table'] as const
/** When SRAM is filled from DRAM. */
export const FILLS = ['serial', 'overlapped', 'hidden'] as const
/** What computing takes. */
export const COMPUTES = ['none', 'fixed', 'bits squared'] as const

/** Every choice that the paper leaves open, of the model of an inference. */
export interface HmaOptions {
  /**
   * `none`: the parameters of the task at hand alone are on chip, those of another are loaded from DRAM (Sec. IV-C).
   * `adapters`: those of all tasks stay, in designs with adapters. `all`: in every design.
   */
  readonly resident: (typeof RESIDENCES)[number]
  /** `none`: activations are kept elsewhere; else with the scores of one head, or of all. */
  readonly activationRoom: (typeof ACTIVATION_ROOMS)[number]
  /** `every layer`: weights that layers share are read again by each of them. */
  readonly weightReads: (typeof WEIGHT_READS)[number]
  /**
   * `sentence`: the rows of the tokens at hand, which a decoder finds at no cost; `table`: all of it, as NVMExplorer
   * counts.
   */
  readonly embeddingReads: (typeof EMBEDDING_READS)[number]
  /** Reads and writes of activations go through SRAM and are charged. */
  readonly activationTraffic: boolean
  /** `serial`: after DRAM; `overlapped`: the slower of the two counts; `hidden`: takes no time. */
  readonly fill: (typeof FILLS)[number]
  /**
   * `fixed`: a multiply-accumulate takes its cycle in every format; `bits squared`: as the area of a multiplier goes with
   * the square of the bits, as many more of them in the same area.
   */
  readonly compute: (typeof COMPUTES)[number]
  /** On-chip memories leak while an inference runs. */
  readonly leakage: boolean
}
