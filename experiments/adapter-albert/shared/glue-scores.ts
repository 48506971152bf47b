import type { Quantity, Source } from '../../../lib/numeric/mod.ts'
import { adapterAlbert } from './paper.ts'

/** Columns of Table I, in its order. */
export const DATASETS = ['CoLA', 'MNLI-mm', 'MRPC', 'SST-2', 'STS-B', 'QQP', 'QNLI', 'RTE', 'WNLI'] as const
export type Dataset = (typeof DATASETS)[number]

/** Rows of Table I, in its order. */
export const MODELS = ['BERT', 'Adapter-BERT', 'ALBERT', 'Adapter-ALBERT-64', 'Adapter-ALBERT-32-128'] as const
export type Model = (typeof MODELS)[number]

/** Table I's scores, which are results of the paper. They stand here because Table I is the subject of an audit. */
export const TABLE_I_SOURCE: Source = adapterAlbert('Table I (results of the paper, taken as the subject of an audit)')

/** Table I as printed, digit by digit, in the order of {@link DATASETS}. */
const TABLE_I: Readonly<Record<Model, readonly string[]>> = {
  BERT: ['52.1', '84.6', '88.9', '93.5', '85.8', '71.2', '90.5', '66.4', '56.3'],
  'Adapter-BERT': ['56.9', '85.3', '89.6', '94.2', '87.3', '71.8', '91.4', '68.8', '54.9'],
  ALBERT: ['55.6', '85.4', '91.6', '92.8', '91.1', '89.4', '91.3', '67.9', '57.8'],
  'Adapter-ALBERT-64': ['50.1', '84.2', '91.03', '90.9', '87.6', '85.3', '91.2', '69.7', '50.7'],
  'Adapter-ALBERT-32-128': ['51.7', '84.7', '90.8', '91.39', '87.5', '85.9', '91.5', '71.1', '54.9'],
}

/** A score as printed, and half a unit of its last digit, in points. */
export interface PrintedScore {
  readonly points: number
  readonly halfUnitPoints: number
}

/** A cell of Table I. */
export function printedScore(model: Model, dataset: Dataset): PrintedScore {
  const text = TABLE_I[model][DATASETS.indexOf(dataset)] as string
  return { points: Number(text), halfUnitPoints: Number(`0.5e-${text.split('.')[1]?.length ?? 0}`) }
}

/** The datasets on which, the text says, adapter-ALBERT-64 matches or bests the other three models (Sec. III-A). */
export const LISTED: readonly Dataset[] = ['MNLI-mm', 'MRPC', 'STS-B', 'QQP', 'QNLI', 'RTE']

/** MNLI has two test sets: one of the genres of its training data (matched), one of others (mismatched). */
export const MNLI_TEST_SETS = ['matched', 'mismatched'] as const
export type MnliTestSet = (typeof MNLI_TEST_SETS)[number]

/** Models of Table I whose scores were published before, by others. */
export const PUBLIC_MODELS = ['BERT', 'Adapter-BERT'] as const satisfies readonly Model[]
export type PublicModel = (typeof PUBLIC_MODELS)[number]

/** Columns of the public tables, which have both MNLI test sets and leave WNLI out. */
export const PUBLIC_COLUMNS = ['CoLA', 'MNLI-m', 'MNLI-mm', 'MRPC', 'SST-2', 'STS-B', 'QQP', 'QNLI', 'RTE'] as const
export type PublicColumn = (typeof PUBLIC_COLUMNS)[number]

/** Public scores of the GLUE evaluation server: MRPC and QQP are F1, STS-B is Spearman's, CoLA Matthews' correlation. */
export const PUBLIC_SCORES: Readonly<
  Record<PublicModel, { readonly network: string; readonly source: Source; readonly points: readonly number[] }>
> = {
  BERT: {
    network: 'BERT-base, fine-tuned',
    source: {
      kind: 'public',
      which: 'Devlin et al., "BERT", NAACL 2019, arXiv 1810.04805, Table 1: BERT-base, GLUE test',
    },
    points: [52.1, 84.6, 83.4, 88.9, 93.5, 85.8, 71.2, 90.5, 66.4],
  },
  'Adapter-BERT': {
    network: 'BERT-large, adapters of size 64',
    source: {
      kind: 'public',
      which:
        'Houlsby et al., "Parameter-Efficient Transfer Learning for NLP", ICML 2019, arXiv 1902.00751, Table 1: Adapters (64) on BERT-large, GLUE test',
    },
    points: [56.9, 85.3, 84.6, 89.6, 94.2, 87.3, 71.8, 91.4, 68.8],
  },
}

/** A public test score. */
export const publicScore = (model: PublicModel, column: PublicColumn): Quantity => ({
  value: PUBLIC_SCORES[model].points[PUBLIC_COLUMNS.indexOf(column)] as number,
  unit: 'point',
  source: PUBLIC_SCORES[model].source,
})

/**
 * The public column that answers for a column of Table I.
 *
 * @param mnliTestSet which of MNLI's two stands for the one column of Table I
 * @returns undefined for WNLI, which both publications leave out
 */
export function publicColumn(dataset: Dataset, mnliTestSet: MnliTestSet): PublicColumn | undefined {
  if (dataset === 'WNLI') return undefined
  return dataset === 'MNLI-mm' && mnliTestSet === 'matched' ? 'MNLI-m' : dataset
}

/**
 * QQP's accuracy for BERT-base, whose F1 Table I has. The public entry has 65.1 for WNLI, too: 95 of the 146 of the test
 * set.
 */
export const BERT_QQP_ACCURACY: Quantity = {
  value: 89.2,
  unit: 'point',
  source: {
    kind: 'public',
    which: "GLUE leaderboard's entry of BERT-base (QQP F1 71.2, accuracy 89.2), as in ERNIE 2.0's README (Baidu)",
  },
}

/** What a score of a dataset is. */
export const METRICS = ['accuracy', 'accuracy or F1', 'Matthews correlation', 'correlation'] as const
export type Metric = (typeof METRICS)[number]

/** A dataset of GLUE: its metric, and examples of its two evaluation sets. */
export interface GlueDataset {
  /** GLUE has two for MRPC and QQP; Table I does not say which it prints. */
  readonly metric: Metric
  readonly devExamples: number
  readonly testExamples: number
}

/** Where the sizes of GLUE's sets are from. */
export const GLUE_SOURCE: Source = {
  kind: 'public',
  which: 'GLUE (Wang et al., ICLR 2019, arXiv 1804.07461), splits of the dataset card nyu-mll/glue',
}

/** GLUE's datasets; of MNLI the mismatched sets. */
export const GLUE: Readonly<Record<Dataset, GlueDataset>> = {
  CoLA: { metric: 'Matthews correlation', devExamples: 1043, testExamples: 1063 },
  'MNLI-mm': { metric: 'accuracy', devExamples: 9832, testExamples: 9847 },
  MRPC: { metric: 'accuracy or F1', devExamples: 408, testExamples: 1725 },
  'SST-2': { metric: 'accuracy', devExamples: 872, testExamples: 1821 },
  'STS-B': { metric: 'correlation', devExamples: 1500, testExamples: 1379 },
  QQP: { metric: 'accuracy or F1', devExamples: 40_430, testExamples: 390_965 },
  QNLI: { metric: 'accuracy', devExamples: 5463, testExamples: 5463 },
  RTE: { metric: 'accuracy', devExamples: 277, testExamples: 3000 },
  WNLI: { metric: 'accuracy', devExamples: 71, testExamples: 146 },
}
