import type { CellKind } from '../../../lib/hardware/mod.ts'
import type { Param } from '../../../lib/harness/mod.ts'
import { type BitmaskBytes, bitmaskBytes, type Quantity } from '../../../lib/numeric/mod.ts'
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

const table2 = edgebert('Table 2')

/** ReRAM as Table 2 characterises it. */
export const RERAM_PARAMS = {
  slcAreaMm2PerMb: { value: 0.28, unit: 'mm2/MB', source: table2 },
  mlc2AreaMm2PerMb: { value: 0.08, unit: 'mm2/MB', source: table2 },
  mlc3AreaMm2PerMb: { value: 0.04, unit: 'mm2/MB', source: table2 },
  slcReadNs: { value: 1.21, unit: 'ns', source: table2 },
  mlc2ReadNs: { value: 1.54, unit: 'ns', source: table2 },
  mlc3ReadNs: { value: 2.96, unit: 'ns', source: table2 },
} as const satisfies Record<string, Quantity>

/** Density and latency of a kind of cell, from {@link RERAM_PARAMS}. */
export function reramCell(kind: CellKind): { readonly mm2PerMb: number; readonly readNs: number } {
  return { mm2PerMb: RERAM_PARAMS[`${kind}AreaMm2PerMb`].value, readNs: RERAM_PARAMS[`${kind}ReadNs`].value }
}

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
