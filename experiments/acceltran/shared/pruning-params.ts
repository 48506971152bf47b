import type { Source } from '../../../lib/numeric/mod.ts'
import { bertBase, bertTiny, type Transformer } from '../../../lib/workload/mod.ts'

/** What a file of the authors' repositories says. */
export const released = (which: string): Source => ({ kind: 'public', which })

/** Turc et al., 2019, 4 layers of width 256. */
export const bertMini: Transformer = {
  name: 'BERT-Mini',
  kind: 'encoder',
  layers: 4,
  hidden: 256,
  heads: 4,
  ffn: 1024,
  source: { kind: 'public', which: 'Turc et al., "Well-read students learn better", arXiv 1908.08962, Table 1' },
}

/** The two models that the text of Fig. 13 names, and the one its published file names for the second. */
export const THROUGHPUT_MODELS: readonly Transformer[] = [bertTiny, bertMini, bertBase]

/** Positions of a sequence in the authors' runs on SST-2, padding included. */
export const PADDED_TOKENS = {
  value: 512,
  unit: 'token',
  source: released('jha-lab/acceltran, pruning/run_evaluation.py: --max_seq_length 512'),
} as const

/** The switch of top-k pruning as it was run. */
export const STRICT_TOP_K = {
  type: 'boolean',
  value: false,
  unit: '1',
  source: released(
    'jha-lab/txf_design-space, transformers/src/transformers/models/bert/modeling_dtbert.py: top_k() keeps weight_row > top_k.values[-1]',
  ),
  description: 'top-k as run by the authors: what equals the k-th largest is pruned too, so that k - 1 stay',
} as const
