import type { Param } from '../../../lib/harness/mod.ts'
import type { Source } from '../../../lib/numeric/mod.ts'
import { ENCODER_PARAMS, type EncoderValues, encoderFrom } from './encoder-params.ts'
import { adapterAlbert } from './paper.ts'
import { SHARE_RULE_NAMES, type ShareRuleName, sharesOf } from './share-rules.ts'

/** Rules for the shares of embedding and layers: two numbers, or a way to count. */
export const SHARE_CHOICES = ['stated', ...SHARE_RULE_NAMES] as const
export type ShareChoice = (typeof SHARE_CHOICES)[number]

/** A critical point is an accuracy's, which takes training: it goes in as printed. */
const csp = (value: number, description: string) =>
  ({
    type: 'number',
    value,
    max: 100,
    unit: '%',
    source: adapterAlbert('Sec. III-B1, Fig. 3 (a result of training, taken as input)'),
    description,
  }) as const

const SHARES_SOURCE: Source = adapterAlbert(
  'Sec. III-B1, Observation 2 (results, taken as input; table2-parameters counts them)',
)

/** The encoder, the shares of its parts, and the critical points of pruning. */
export const SPARSITY_PARAMS = {
  ...ENCODER_PARAMS,
  shares: {
    type: 'string',
    value: 'stated',
    choices: SHARE_CHOICES,
    unit: '1',
    source: SHARES_SOURCE,
    description:
      'shares of embedding and layers in the model: stated by the two numbers beside; or counted: the embedding is only its tables, its tables and the mapping, or the rest, all but the layers (with or without pooler and pre-training heads)',
  },
  embeddingShare: {
    type: 'number',
    value: 0.399,
    min: 1e-6,
    max: 1,
    unit: '1',
    source: SHARES_SOURCE,
    description: 'share of the embedding in all parameters, with shares=stated',
  },
  transformerShare: {
    type: 'number',
    value: 0.6,
    min: 1e-6,
    max: 1,
    unit: '1',
    source: SHARES_SOURCE,
    description: 'share of the layers in all parameters, with shares=stated',
  },
  cspEmbedding: csp(18.8, 'zeros among all parameters at the critical point where only the embedding is pruned'),
  cspTransformer: csp(41.2, 'zeros among all parameters at the critical point where only the layers are pruned'),
  cspAll: csp(50, 'zeros among all parameters at the critical point where both are pruned'),
} as const satisfies Record<string, Param>

/** Shares of the two parts that are pruned. */
export interface PrunedShares {
  readonly embedding: number
  readonly transformer: number
}

/**
 * The shares of a rule.
 *
 * @throws {RangeError} if stated shares come to more than the whole
 */
export function prunedShares(
  params: EncoderValues & { readonly embeddingShare: number; readonly transformerShare: number },
  choice: ShareChoice,
): PrunedShares {
  if (choice !== 'stated') return countedShares(params, choice)
  const { embeddingShare: embedding, transformerShare: transformer } = params
  if (embedding + transformer > 1 + 1e-9) {
    throw new RangeError(
      `Cannot share out a model: embeddingShare and transformerShare must come to at most 1, got ${embedding} and ${transformer}`,
    )
  }
  return { embedding, transformer }
}

function countedShares(values: EncoderValues, rule: ShareRuleName): PrunedShares {
  const { embedding, transformer, total } = sharesOf({ ...encoderFrom(values), adapters: [], labels: 0 }, rule)
  return { embedding: embedding / total, transformer: transformer / total }
}
