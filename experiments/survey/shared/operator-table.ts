import {
  along,
  type ClaimSpec,
  type FigureSpec,
  type Mark,
  type Param,
  printedCrosses,
  type Row,
} from '../../../lib/harness/mod.ts'
import {
  type CountingQuirks,
  intensity,
  modelWork,
  OPERATOR_GROUPS,
  type Transformer,
  type TransformerShape,
} from '../../../lib/workload/mod.ts'
import { decades } from './printed-figure.ts'

/** Whether each value is above the one before it. */
export function isRising(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value > (values[index - 1] as number))
}

/** Sequence lengths of Tables 3, 5, 10 and 11. */
export const TABLE_SEQ_LENS: readonly number[] = [128, 512, 4096]

/** Columns of Tables 3, 10 and 11 (percentages follow from them). */
export const OPERATOR_COLUMNS = {
  seqLen: { type: 'integer', unit: 'token', 'x-key': true },
  operator: { type: 'string', enum: [...OPERATOR_GROUPS, 'total'] as const, 'x-key': true },
  flops: { type: 'integer', unit: 'FLOP', description: 'over all layers (and decoder steps)' },
  bytes: { type: 'integer', unit: 'byte', description: 'memory operations at one byte an element' },
  intensity: { type: 'number', unit: 'FLOP/byte' },
} as const

export type OperatorRow = Row<typeof OPERATOR_COLUMNS>

/** A network's dimensions as parameters. */
export function shapeParams(model: Transformer) {
  const { source } = model
  return {
    layers: { type: 'integer', value: model.layers, unit: 'layer', source, description: 'layers N' },
    hidden: { type: 'integer', value: model.hidden, unit: 'element', source, description: 'model dimension d' },
    heads: {
      type: 'integer',
      value: model.heads,
      unit: 'head',
      source,
      description: 'attention heads h (divide hidden)',
    },
    ffn: { type: 'integer', value: model.ffn, unit: 'element', source, description: 'FFN dimension d_FFN' },
  } as const satisfies Record<string, Param>
}

/** Sequence lengths as a parameter. */
export function seqLensParam(value: readonly number[], where: string) {
  return {
    type: 'integer',
    value,
    unit: 'token',
    source: { kind: 'paper', where },
    description: 'sequence lengths',
  } as const satisfies Param
}

/** Sequence lengths where a decoder is timed step by step; a million steps take seconds. */
export function steppedSeqLensParam(value: readonly number[], where: string) {
  return { ...seqLensParam(value, where), max: 1_000_000 } as const satisfies Param
}

/** The switch that leaves one operand out, as the published encoder counts do. */
export const OMIT_OPERAND_PARAM = {
  type: 'boolean',
  value: false,
  unit: '1',
  source: {
    kind: 'derived',
    how: 'reading each operand and writing each result once gives 18 bytes per token and model element of a layer; the printed counts have 17',
  },
  description: 'leave one tokens x hidden operand of the element-wise operations out of the bytes',
} as const satisfies Param

/** The two variants of the encoder tables. */
export const OMIT_OPERAND_VARIANTS = {
  'as-published': {
    why: 'one d x l operand of GELU, LayerNorm and the residuals is missing from the bytes: 17 d l instead of 18 d l a layer',
    set: { omitOneElementwiseOperand: true },
  },
  corrected: {
    why: 'every operand and result of the element-wise operations counts',
    set: { omitOneElementwiseOperand: false },
  },
} as const

/** The rows of Tables 3, 10 and 11. */
export function operatorRows(
  model: TransformerShape & { readonly kind: Transformer['kind'] },
  seqLens: readonly number[],
  quirks: CountingQuirks,
): OperatorRow[] {
  return seqLens.flatMap((seqLen) => {
    const work = modelWork(model, seqLen, quirks)
    return [...OPERATOR_GROUPS, 'total' as const].map((operator) => ({
      seqLen,
      operator,
      flops: work[operator].flops,
      bytes: work[operator].bytes,
      intensity: intensity(work[operator]),
    }))
  })
}

const CLAIM_ROWS = {
  proj: 'mha-projections',
  a2a: 'mha-act-to-act',
  ffn: 'ffn-projections',
  other: 'other',
  total: 'total',
} as const satisfies Record<string, OperatorRow['operator']>

/** The row of one length and operator. */
export function operatorRow(
  rows: readonly OperatorRow[],
  seqLen: number,
  operator: OperatorRow['operator'],
): OperatorRow | undefined {
  return rows.find((row) => row.seqLen === seqLen && row.operator === operator)
}

/** A row's part of the total, 0 to 1. */
export function shareOf(
  rows: readonly OperatorRow[],
  row: OperatorRow,
  measure: 'flops' | 'bytes',
): number | undefined {
  const total = operatorRow(rows, row.seqLen, 'total')
  return total && row[measure] / total[measure]
}

type OperatorTables = { readonly operators: readonly OperatorRow[] }

/**
 * The 75 cells of Table 3, 10 or 11 as claims.
 *
 * @param prefix id of the table's claims, e.g. `survey.t3`
 * @param whole what the share columns print for all of it: 100, or 1 where they print fractions
 */
export function operatorClaims(prefix: string, whole: 100 | 1): Record<string, ClaimSpec<OperatorTables, unknown>> {
  const claims: Record<string, ClaimSpec<OperatorTables, unknown>> = {}
  for (const seqLen of TABLE_SEQ_LENS) {
    for (const [name, operator] of Object.entries(CLAIM_ROWS)) {
      const id = `${prefix}.l${seqLen}.${name}`
      const cell = (measure: (row: OperatorRow, rows: readonly OperatorRow[]) => number | undefined) => {
        return ({ operators }: OperatorTables) => {
          const row = operatorRow(operators, seqLen, operator)
          return row && measure(row, operators)
        }
      }
      const percent = (measure: 'flops' | 'bytes') =>
        cell((row, rows) => {
          const share = shareOf(rows, row, measure)
          return share === undefined ? undefined : whole * share
        })
      claims[`${id}.flops`] = cell((row) => row.flops / 1e9)
      claims[`${id}.flops-pct`] = percent('flops')
      claims[`${id}.mops`] = cell((row) => row.bytes / 1e9)
      claims[`${id}.mops-pct`] = percent('bytes')
      claims[`${id}.ai`] = cell((row) => row.intensity)
    }
  }
  return claims
}

/** The claims that matmuls make up more than a share of the FLOPs, by sequence length. */
export function matmulShareClaims(prefix: string): Record<string, ClaimSpec<OperatorTables, unknown>> {
  return Object.fromEntries(
    TABLE_SEQ_LENS.map((seqLen) => [
      `${prefix}.l${seqLen}`,
      ({ operators }: OperatorTables) => {
        const other = operatorRow(operators, seqLen, 'other')
        const share = other && shareOf(operators, other, 'flops')
        return share === undefined ? undefined : 100 * (1 - share)
      },
    ]),
  )
}

/** Whether act-to-act matmuls take a growing share of FLOPs and bytes, at an intensity below the projections'. */
export function actToActGrowsAndLags(rows: readonly OperatorRow[]): boolean | undefined {
  const at = rows.filter((row) => row.operator === 'mha-act-to-act').sort((a, b) => a.seqLen - b.seqLen)
  if (at.length < 2) return undefined
  const rising = (measure: 'flops' | 'bytes') => isRising(at.map((row) => shareOf(rows, row, measure) ?? Number.NaN))
  const lags = (row: OperatorRow) =>
    (['mha-projections', 'ffn-projections'] as const).every(
      (operator) => row.intensity < (operatorRow(rows, row.seqLen, operator)?.intensity ?? Number.NaN),
    )
  return rising('flops') && rising('bytes') && at.every(lags)
}

/** What the tables call their rows. */
const ROW_NAMES: Readonly<Record<OperatorRow['operator'], string>> = {
  'mha-projections': 'MHA (projections)',
  'mha-act-to-act': 'MHA (act-to-act)',
  'ffn-projections': 'FFN (projections)',
  other: 'other',
  total: 'total',
}

/** FLOPs, bytes and intensity by length and operator, as in Tables 3, 10 and 11. */
export function operatorFigure({ operators }: OperatorTables, marks: readonly Mark[]): FigureSpec {
  const measures = {
    flops: { title: 'FLOPs [10^9 FLOP]', of: (row: OperatorRow) => row.flops / 1e9 },
    mops: { title: 'MOPs [10^9 byte]', of: (row: OperatorRow) => row.bytes / 1e9 },
    ai: { title: 'intensity [FLOP/byte]', of: (row: OperatorRow) => row.intensity },
  }
  const printed = (seqLen: number, operator: string, measure: string) => {
    const name = Object.entries(CLAIM_ROWS).find(([, group]) => group === operator)?.[0]
    return marks.find((mark) => mark.id.endsWith(`.l${seqLen}.${name}.${measure}`))?.printed ?? null
  }
  return {
    description:
      "FLOPs, memory operations (MOPs) and arithmetic intensity of the whole network by sequence length and kind of operation, a panel for each, on logarithmic axes: our values as dots, the table's as crosses.",
    config: { legend: { orient: 'bottom' } },
    hconcat: Object.entries(measures).map(([measure, { title, of }]) => {
      const { scale, axis } = decades(operators.map(of))
      const y = (field: string, says: string) => along(field, title, { says, scale, axis })
      return {
        width: 165,
        height: 240,
        data: {
          values: operators.map((row) => ({
            l: row.seqLen,
            operation: ROW_NAMES[row.operator],
            ours: of(row),
            paper: printed(row.seqLen, row.operator, measure),
          })),
        },
        encoding: {
          x: { field: 'l', type: 'ordinal', title: 'sequence length [token]', axis: { labelAngle: 0 } },
          xOffset: { field: 'operation', sort: null, title: 'operation' },
        },
        layer: [
          {
            mark: { type: 'circle', size: 90, opacity: 1 },
            encoding: {
              y: y('ours', title),
              color: { field: 'operation', type: 'nominal', sort: null, title: 'operation' },
            },
          },
          printedCrosses(null, { y: y('paper', `printed, ${title}`) }),
        ],
      }
    }),
  }
}
