import {
  ADAPTED_MODULES,
  type AdaptedEncoder,
  countOf,
  type ModuleCounts,
  moduleCounts,
} from '../../../lib/workload/mod.ts'
import { encoderFrom } from './encoder-params.ts'
import { cutMillions } from './parameter-audit.ts'
import { type CountValues, PUBLISHED } from './parameter-params.ts'
import { pretrainingHeads, type ShareRuleName, sharesOf } from './share-rules.ts'

/** Which of its sizes a model's adapters have. */
export const SIZES = ['none', 'default', 'smallest', 'largest'] as const
export type Size = (typeof SIZES)[number]
/** Sizes of adapter-ALBERT. */
export const ADAPTED_SIZES = ['default', 'smallest', 'largest'] as const
/** Models of Table II. */
export const MODELS = ['BERT', 'Adapter-BERT', 'ALBERT', 'Adapter-ALBERT'] as const

/** Bottleneck widths by their role. */
export function sizesOf({ adapterSize, adapterSizes }: CountValues): Readonly<Record<Size, number | null>> {
  return {
    none: null,
    default: adapterSize,
    smallest: Math.min(...adapterSizes),
    largest: Math.max(...adapterSizes),
  }
}

/** The adapters of a layer. */
export const perLayer = ({ adaptersPerLayer, adapterSize }: CountValues, size = adapterSize): number[] =>
  Array.from({ length: adaptersPerLayer }, () => size)

/** ALBERT with its classifier. */
export function albertOf(params: CountValues): AdaptedEncoder {
  const { labels, pooler, adapterBiases } = params
  return { ...encoderFrom(params), adapters: [], labels, pooler, adapterBiases }
}

/** The same layers, each with weights of its own, over words as wide as the model. */
export function bertOf(params: CountValues): AdaptedEncoder {
  const { bertVocabulary: vocabulary, positions, types } = params
  return { ...albertOf(params), embedding: { vocabulary, positions, types }, sharedLayers: false }
}

/** A row of Table II. */
export interface ModelRow {
  readonly model: (typeof MODELS)[number]
  readonly adapters: Size
  readonly size: number | null
  readonly counts: ModuleCounts
  readonly parameters: number
  readonly trainable: number
  /** The total as Table II has it, and the one that its overhead is over. */
  readonly shown: number
  readonly shownBase: number
}

/**
 * The rows of Table II, in its order, that with a range as two.
 *
 * @throws {RangeError} if digits are to be cut of an ALBERT that none would be left of
 */
export function modelsOf(params: CountValues): ModelRow[] {
  const { cutDigits, adapterBertPooler, statedBertBase, pooler } = params
  const sizes = sizesOf(params)
  const [bert, albert] = [bertOf(params), albertOf(params)]
  const cut = (parameters: number, decimals: number) => (cutDigits ? cutMillions(parameters, decimals) : parameters)
  const bertTotal = countOf(moduleCounts(bert))
  const albertTotal = cut(countOf(moduleCounts(albert)), 1)
  if (albertTotal === 0) {
    throw new RangeError(
      `Cannot cut digits: with cutDigits ALBERT must have at least 100000 parameters, got ${countOf(moduleCounts(albert))}`,
    )
  }
  const row = (
    model: ModelRow['model'],
    adapters: Size,
    encoder: AdaptedEncoder,
    totals: { readonly base?: number; readonly decimals?: number },
  ): ModelRow => {
    const size = sizes[adapters]
    const counts = moduleCounts({ ...encoder, adapters: size === null ? [] : perLayer(params, size) })
    const parameters = countOf(counts)
    const shown = totals.decimals === undefined ? parameters : cut(parameters, totals.decimals)
    const trainable = size === null ? parameters : countOf(counts, ADAPTED_MODULES)
    return { model, adapters, size, counts, parameters, trainable, shown, shownBase: totals.base ?? shown }
  }
  return [
    row('BERT', 'none', bert, {}),
    row(
      'Adapter-BERT',
      'default',
      { ...bert, pooler: pooler && adapterBertPooler },
      { base: statedBertBase ? PUBLISHED.bertBaseStated.value : bertTotal, decimals: 1 },
    ),
    row('ALBERT', 'none', albert, { decimals: 1 }),
    ...ADAPTED_SIZES.map((size) => row('Adapter-ALBERT', size, albert, { base: albertTotal, decimals: 2 })),
  ]
}

/** The claim that a cell of Table II is. */
export function claimOf(
  { model, adapters }: Pick<ModelRow, 'model' | 'adapters'>,
  column: 'total' | 'overhead',
): string {
  const size = model !== 'Adapter-ALBERT' ? '' : adapters === 'default' ? '-64' : '-var'
  return `adapter-albert.t2-${model.toLowerCase()}${size}-${column}`
}

/** What one may count of ALBERT before adapters are added. */
export function basesOf(params: CountValues, base: ModuleCounts): Readonly<Record<string, number>> {
  const all = countOf(base)
  const { hidden, ffn, embeddingWidth } = params
  const biases = 5 * hidden + ffn + (params.pooler ? hidden : 0) + (base.mapping > 0 ? hidden : 0)
  const norms = base['layer norms'] + 2 * embeddingWidth
  const head = (labels: number) => labels * (hidden + 1)
  const { mlm, sop } = pretrainingHeads(albertOf(params))
  return {
    'all of the encoder': all,
    'no pooler': all - base.pooler,
    'no biases': all - biases,
    'no norms': all - norms,
    'no biases, no norms': all - biases - norms,
    'no positions and types': all - base['other embedding'] + 2 * embeddingWidth,
    'no mapping': all - base.mapping,
    'all, 1 label': all + head(1),
    'all, 2 labels': all + head(2),
    'all, 3 labels': all + head(3),
    'all, MLM head': all + mlm,
    'all, MLM and SOP heads': all + mlm + sop,
  }
}

/** A row of the shares by a rule. */
export function shareRow(rule: ShareRuleName, added: 'nothing' | 'classifier' | 'adapters', model: AdaptedEncoder) {
  const { embedding, transformer, total } = sharesOf(model, rule)
  return {
    rule,
    added,
    total,
    transformerPercent: (100 * transformer) / total,
    embeddingPercent: (100 * embedding) / total,
    claim: 'adapter-albert.share-embedding',
  }
}
