import {
  type ClaimSpec,
  type FigureSpec,
  type Mark,
  type Param,
  type Prediction,
  printedAt,
  printedCrosses,
} from '../../../lib/harness/mod.ts'
import { bertBase, bertLarge, gpt2, modelWork, type Transformer, type Work } from '../../../lib/workload/mod.ts'
import { OMIT_OPERAND_PARAM, OMIT_OPERAND_VARIANTS, seqLensParam } from './operator-table.ts'

/** The networks of Figs. 4-6 and 32, in the order of their legends. */
export const FIGURE_MODELS: readonly Transformer[] = [bertBase, bertLarge, gpt2]
/** The sequence lengths of Figs. 4-9 and 30-32. */
export const FIGURE_SEQ_LENS: readonly number[] = [128, 256, 512, 1024, 2048, 4096]

/** The switch that counts the decoder's Q.K^T transposed, as Table 11 does. */
export const TRANSPOSED_SCORES_PARAM = {
  type: 'boolean',
  value: false,
  unit: '1',
  source: {
    kind: 'derived',
    how: 'sum over t of 2 h d/h (2t - 1) FLOP and (2 t d/h + t + 3 d/h) h byte fits all Table 11 cells that are no misprint; the right Q.K^T rule misses 10 more',
  },
  description: "count the decoder's Q.K^T with reduction length and output width swapped",
} as const satisfies Param

/** Inputs of W_1 in BERT-Large. */
export const BERT_LARGE_FFN1_PARAM = {
  type: 'integer',
  value: bertLarge.hidden,
  unit: 'element',
  source: bertLarge.source,
  description: 'inputs of W_1 in BERT-Large (the network has its model dimension, 1024)',
} as const satisfies Param

const narrowFfn1 =
  "BERT-Large's W_1 has 768 inputs, BERT-Base's width, instead of 1024 (or W_2 768 outputs; the figures cannot tell)"

/** Parameters of Figs. 4-6. Fig. 4 has no use for the omitted operand, which has bytes but no FLOPs. */
export const FLOPS_FIGURE_PARAMS = {
  seqLens: seqLensParam(FIGURE_SEQ_LENS, 'Figs. 4-6'),
  bertLargeFfn1Inputs: BERT_LARGE_FFN1_PARAM,
  transposedScores: TRANSPOSED_SCORES_PARAM,
} as const
export const BYTES_FIGURE_PARAMS = {
  ...FLOPS_FIGURE_PARAMS,
  omitOneElementwiseOperand: { ...OMIT_OPERAND_PARAM, description: `${OMIT_OPERAND_PARAM.description} (encoders)` },
} as const

const FLOPS_SWITCHES = { bertLargeFfn1Inputs: bertBase.hidden, transposedScores: true } as const
const RIGHT_FLOPS_SWITCHES = { bertLargeFfn1Inputs: bertLarge.hidden, transposedScores: false } as const

/** Variants of Fig. 4. */
export const FLOPS_FIGURE_VARIANTS = {
  'as-published': {
    why: `${narrowFfn1}; and as in Table 11 the decoder's Q.K^T is transposed`,
    set: FLOPS_SWITCHES,
  },
  corrected: { why: "Table 1's BERT-Large; Q.K^T reduces over d/h elements", set: RIGHT_FLOPS_SWITCHES },
} as const
/** Variants of Figs. 5 and 6. */
export const BYTES_FIGURE_VARIANTS = {
  'as-published': {
    why: `${FLOPS_FIGURE_VARIANTS['as-published'].why}; as in Table 3, ${OMIT_OPERAND_VARIANTS['as-published'].why}`,
    set: { ...FLOPS_SWITCHES, omitOneElementwiseOperand: true },
  },
  corrected: {
    why: `${FLOPS_FIGURE_VARIANTS.corrected.why}; ${OMIT_OPERAND_VARIANTS.corrected.why}`,
    set: { ...RIGHT_FLOPS_SWITCHES, omitOneElementwiseOperand: false },
  },
} as const
/** The part of them that concerns BERT-Large's FFN, for Fig. 32. */
export const FFN1_VARIANTS = {
  'as-published': { why: narrowFfn1, set: { bertLargeFfn1Inputs: bertBase.hidden } },
  corrected: { why: "Table 1's BERT-Large", set: { bertLargeFfn1Inputs: bertLarge.hidden } },
} as const

type FigureParams = {
  readonly seqLens: readonly number[]
  readonly bertLargeFfn1Inputs: number
  readonly omitOneElementwiseOperand?: boolean
  readonly transposedScores: boolean
}

/** Key columns of a table by network and length. */
export const MODEL_KEYS = {
  model: { type: 'string', enum: FIGURE_MODELS.map((model) => model.name), 'x-key': true },
  seqLen: { type: 'integer', unit: 'token', 'x-key': true },
} as const

/** Runs `measure` for each network and length. */
export function overModels<T>(seqLens: readonly number[], measure: (model: Transformer, seqLen: number) => T) {
  return FIGURE_MODELS.flatMap((model) =>
    seqLens.map((seqLen) => ({ model: model.name, seqLen, ...measure(model, seqLen) })),
  )
}

/** The whole network's ideal work under the figures' switches. */
export function figureWork(model: Transformer, seqLen: number, params: FigureParams): Work {
  const { bertLargeFfn1Inputs, omitOneElementwiseOperand = false, transposedScores } = params
  return modelWork(model, seqLen, {
    ...(model.name === bertLarge.name ? { ffn1Inputs: bertLargeFfn1Inputs } : {}),
    omitOneElementwiseOperand: model.kind === 'encoder' && omitOneElementwiseOperand,
    transposedScores: model.kind === 'decoder' && transposedScores,
  }).total
}

type ModelRow = { readonly model: string; readonly seqLen: number }

/** Claims of a figure's bars: `<prefix>.<model>.l<length>`. */
export function modelClaims<R extends ModelRow, T>(
  prefix: string,
  rowsOf: (tables: T) => readonly R[],
  measure: (row: R) => Prediction,
): Record<string, ClaimSpec<T, unknown>> {
  return Object.fromEntries(
    FIGURE_MODELS.flatMap(({ name }) =>
      FIGURE_SEQ_LENS.map((seqLen) => [
        `${prefix}.${name.toLowerCase()}.l${seqLen}`,
        (tables: T) => {
          const row = rowsOf(tables).find((r) => r.model === name && r.seqLen === seqLen)
          return row && measure(row)
        },
      ]),
    ),
  )
}

/** Values of one network by rising length. */
export function valuesOf<R extends ModelRow>(
  rows: readonly R[],
  model: Transformer,
  measure: (row: R) => number,
): number[] {
  return rows
    .filter((row) => row.model === model.name)
    .sort((a, b) => a.seqLen - b.seqLen)
    .map(measure)
}

/**
 * The grouped bars of Figs. 4-6 and 32, by length and network, the paper's labels as crosses.
 *
 * @param options the y axis' title with its unit, the claims' prefix, the value of a row, whether the axis is
 *   logarithmic, and what a blind reader is told
 */
export function modelFigure<R extends ModelRow>(
  rows: readonly R[],
  marks: readonly Mark[],
  options: {
    readonly title: string
    readonly prefix: string
    readonly measure: (row: R) => number
    readonly logarithmic: boolean
    readonly description: string
  },
): FigureSpec {
  const { title, prefix, measure, logarithmic, description } = options
  const values = rows.map(measure)
  const y = (field: string, what: string) => ({
    field,
    type: 'quantitative',
    title: what,
    // Bars stand beside each other, and a logarithmic axis has no zero to stack them from.
    stack: null,
    scale: logarithmic ? { type: 'log', domain: [Math.min(...values) / 2, 1.5 * Math.max(...values)] } : {},
    axis: { title, tickCount: 6 },
  })
  return {
    description: `${description} Grouped bars by sequence length, a bar for each network, on a ${logarithmic ? 'logarithmic' : 'linear'} axis; crosses are the labels printed at the paper's bars.`,
    width: 600,
    height: 260,
    data: {
      values: rows.map((row) => ({
        l: row.seqLen,
        model: row.model,
        ours: measure(row),
        paper: printedAt(marks, `${prefix}.${row.model.toLowerCase()}.l${row.seqLen}`),
      })),
    },
    encoding: {
      x: { field: 'l', type: 'ordinal', title: 'sequence length [token]', axis: { labelAngle: 0 } },
      xOffset: { field: 'model', sort: null, title: 'network' },
    },
    layer: [
      {
        mark: 'bar',
        encoding: { y: y('ours', title), color: { field: 'model', type: 'nominal', sort: null, title: 'network' } },
      },
      printedCrosses(null, { y: y('paper', `printed, ${title}`) }),
    ],
  }
}
