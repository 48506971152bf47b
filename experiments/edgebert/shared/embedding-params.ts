import type { Param } from '../../../lib/harness/mod.ts'
import { type BitmaskBytes, bitmaskBytes } from '../../../lib/numeric/mod.ts'
import { ALBERT_EMBEDDING } from '../../../lib/workload/mod.ts'
import { edgebert } from './tasks.ts'

const albert = {
  kind: 'public',
  which: 'Lan et al., "ALBERT", ICLR 2020, arXiv 1909.11942: vocabulary of 30,000',
} as const

/** ALBERT's pruned word embedding as parameters. */
export const EMBEDDING_PARAMS = {
  vocabulary: {
    type: 'integer',
    value: ALBERT_EMBEDDING.vocabulary,
    max: 1_000_000,
    unit: 'word',
    source: albert,
    description: 'words of the vocabulary',
  },
  embeddingWidth: {
    type: 'integer',
    value: ALBERT_EMBEDDING.width ?? 0,
    max: 65536,
    unit: 'element',
    source: edgebert('Sec. 2.2'),
    description: 'width of an embedding; a multiple of 8 where faults are injected',
  },
  density: {
    type: 'number',
    value: 0.4,
    max: 1,
    unit: '1',
    source: edgebert('Sec. 6.2'),
    description: 'share of the embedding that is not zero',
  },
  valueBits: {
    type: 'integer',
    value: 8,
    min: 3,
    max: 16,
    unit: 'bit',
    source: edgebert('Sec. 3.4'),
    description: 'width of a stored value',
  },
} as const satisfies Record<string, Param>

/** Bytes of so many words of the pruned embedding. */
export function embeddingBytes(
  params: { readonly embeddingWidth: number; readonly density: number; readonly valueBits: number },
  words: number,
  options: { readonly maskOfNonZerosOnly?: boolean } = {},
): BitmaskBytes {
  const elements = words * params.embeddingWidth
  const nonZeros = Math.round(params.density * elements)
  return bitmaskBytes({ elements, nonZeros, valueBits: params.valueBits }, options)
}
