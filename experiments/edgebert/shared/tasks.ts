import type { Quantity, Source } from '../../../lib/numeric/mod.ts'

/** What a place in the EdgeBERT paper says. */
export const edgebert = (where: string): Source => ({ kind: 'paper', where: `EdgeBERT ${where}` })

/** Tokens of a sentence, padding included. */
export const SENTENCE_TOKENS = { value: 128, unit: 'token', source: edgebert('Sec. 3.2') } as const satisfies Quantity

/** The four tasks, in the order of the paper's tables. */
export const TASKS = ['MNLI', 'QQP', 'SST-2', 'QNLI'] as const
export type Task = (typeof TASKS)[number]

/** A task as the ledger's ids spell it. */
export const taskSlug = (task: Task): string => task.toLowerCase().replace('-', '')

/** A row of Table 3: thresholds and exits at one accuracy drop. */
export interface ExitRow {
  readonly dropPercent: number
  readonly earlyThreshold: number
  /** Average exit layer of conventional early exit. */
  readonly earlyExit: number
  readonly awareThreshold: number
  /** Average predicted exit layer of latency-aware inference. */
  readonly predictedExit: number
  /** Average actual exit, where the garbled tail of the table seems to give it. */
  readonly probableActualExit?: number
}

/** What training gave the paper for a task (Tables 1 and 3): inputs of everything here. */
export interface TaskInputs {
  readonly baselineAccuracy: number
  /** Learned attention spans by head, tokens (Table 1). */
  readonly spans: readonly number[]
  readonly spanAccuracy: number
  /** Average span with all optimisations (Table 3); the spans behind it are not printed. */
  readonly averageSpan: number
  readonly embeddingSparsity: number
  readonly encoderSparsity: number
  readonly exits: readonly ExitRow[]
}

const row = (
  dropPercent: number,
  early: readonly [number, number],
  aware: readonly [number, number],
  probableActualExit?: number,
): ExitRow => ({
  dropPercent,
  earlyThreshold: early[0],
  earlyExit: early[1],
  awareThreshold: aware[0],
  predictedExit: aware[1],
  ...(probableActualExit === undefined ? {} : { probableActualExit }),
})

/** Tables 1 and 3. The rows of Table 3 are in task order in blocks of three; its labels slipped in print. */
export const TASK_INPUTS: Readonly<Record<Task, TaskInputs>> = {
  MNLI: {
    baselineAccuracy: 85.16,
    spans: [20, 0, 0, 0, 0, 0, 36, 81, 0, 0, 0, 10],
    spanAccuracy: 85.11,
    averageSpan: 12.7,
    embeddingSparsity: 0.6,
    encoderSparsity: 0.5,
    exits: [
      row(1, [0.4, 8.55], [0.31, 11], 8.91),
      row(2, [0.49, 8], [0.34, 10.52], 8.61),
      row(5, [0.65, 6.89], [0.47, 8.37], 7.34),
    ],
  },
  QQP: {
    baselineAccuracy: 90.76,
    spans: [16, 0, 0, 0, 0, 0, 40, 75, 0, 0, 0, 2],
    spanAccuracy: 90.8,
    averageSpan: 11.3,
    embeddingSparsity: 0.6,
    encoderSparsity: 0.8,
    exits: [row(1, [0.25, 5.84], [0.12, 8.88]), row(2, [0.32, 5.28], [0.15, 7.65]), row(5, [0.43, 4.31], [0.26, 5.94])],
  },
  'SST-2': {
    baselineAccuracy: 92.2,
    spans: [31, 0, 0, 0, 0, 101, 14, 5, 0, 36, 0, 0],
    spanAccuracy: 91.99,
    averageSpan: 18.4,
    embeddingSparsity: 0.6,
    encoderSparsity: 0.5,
    exits: [row(1, [0.23, 4.3], [0.09, 7.78]), row(2, [0.28, 3.94], [0.16, 4.91]), row(5, [0.46, 2.7], [0.28, 3.65])],
  },
  QNLI: {
    baselineAccuracy: 89.48,
    spans: [39, 0, 0, 0, 0, 105, 22, 19, 0, 51, 0, 0],
    spanAccuracy: 88.92,
    averageSpan: 21.5,
    embeddingSparsity: 0.6,
    encoderSparsity: 0.6,
    exits: [row(1, [0.18, 8.46], [0.13, 12]), row(2, [0.29, 7.38], [0.15, 10.22]), row(5, [0.44, 5.89], [0.25, 8.01])],
  },
}

/** Heads whose span is zero. */
export const nullHeadsOf = (spans: readonly number[]): number => spans.filter((span) => span === 0).length

/** The row of Table 3 that the hardware runs use: one point of accuracy lost (Sec. 8.2.1). */
export const hardwareRow = (task: Task): ExitRow => TASK_INPUTS[task].exits[0] as ExitRow

/**
 * Checks that lists have an entry per task.
 *
 * @throws {RangeError} naming the list
 */
export function checkTaskLists(lists: Readonly<Record<string, readonly unknown[]>>): void {
  for (const [name, list] of Object.entries(lists)) {
    if (list.length !== TASKS.length) {
      throw new RangeError(
        `Cannot run the tasks ${TASKS.join(', ')}: ${name} must have ${TASKS.length} entries, got ${list.length}`,
      )
    }
  }
}
