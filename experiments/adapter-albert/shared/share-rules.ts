import {
  type AdaptedEncoder,
  countOf,
  EMBEDDING_MODULES,
  LAYER_MODULES,
  moduleCounts,
} from '../../../lib/workload/mod.ts'

/** What counts as embedding, and what as the whole model, where a share is given. */
export interface ShareRule {
  readonly embedding: 'tables' | 'tables and mapping' | 'all but the layers'
  readonly pooler: boolean
  /** The head that predicts masked words in pre-training. */
  readonly mlmHead: boolean
  /** The head that judges the order of sentences in pre-training. */
  readonly sopHead: boolean
}

/** Names of the rules for the shares of embedding and layers in a model. */
export const SHARE_RULE_NAMES = [
  'tables',
  'tables-mapping',
  'rest',
  'rest-no-pooler',
  'rest-mlm-no-pooler',
  'rest-mlm',
  'rest-mlm-sop',
] as const
export type ShareRuleName = (typeof SHARE_RULE_NAMES)[number]

const rest = (pooler: boolean, mlmHead: boolean, sopHead = false): ShareRule => ({
  embedding: 'all but the layers',
  pooler,
  mlmHead,
  sopHead,
})

/** `rest` takes all that is outside the layers for embedding, the others only its tables. */
export const SHARE_RULES: Readonly<Record<ShareRuleName, ShareRule>> = {
  tables: { ...rest(true, false), embedding: 'tables' },
  'tables-mapping': { ...rest(true, false), embedding: 'tables and mapping' },
  rest: rest(true, false),
  'rest-no-pooler': rest(false, false),
  'rest-mlm-no-pooler': rest(false, true),
  'rest-mlm': rest(true, true),
  'rest-mlm-sop': rest(true, true, true),
}

/** Parameters of ALBERT's heads for pre-training (Lan et al., 2020, and the released code). */
export interface PretrainingHeads {
  /** Masked words: to the embedding's width with bias, a normalisation, and a bias per word; the words are the table's. */
  readonly mlm: number
  /** Order of sentences: two outputs. */
  readonly sop: number
}

/** The heads that pre-training needs beside the encoder. */
export function pretrainingHeads({ shape, embedding }: Pick<AdaptedEncoder, 'shape' | 'embedding'>): PretrainingHeads {
  const { vocabulary, width = shape.hidden } = embedding
  return { mlm: (shape.hidden + 1) * width + 2 * width + vocabulary, sop: 2 * (shape.hidden + 1) }
}

/** Parameters of the parts that a share is taken of, and of the whole. */
export interface Shares {
  readonly embedding: number
  /** All layers; adapters are within. */
  readonly transformer: number
  readonly total: number
}

/** Parameters of embedding, layers and whole model by a rule. */
export function sharesOf(model: AdaptedEncoder, name: ShareRuleName): Shares {
  const rule = SHARE_RULES[name]
  const counts = moduleCounts({ ...model, pooler: rule.pooler })
  const heads = pretrainingHeads(model)
  const total = countOf(counts) + (rule.mlmHead ? heads.mlm : 0) + (rule.sopHead ? heads.sop : 0)
  const transformer = countOf(counts, LAYER_MODULES)
  const tables = countOf(counts, EMBEDDING_MODULES)
  const embedding = {
    tables,
    'tables and mapping': tables + counts.mapping,
    'all but the layers': total - transformer,
  }[rule.embedding]
  return { embedding, transformer, total }
}
