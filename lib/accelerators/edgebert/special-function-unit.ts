import type { Quantity, Source } from '../../numeric/mod.ts'
import type { Elementwise } from '../../workload/mod.ts'

const release = (file: string): Source => ({
  kind: 'public',
  which: `harvard-acc/EdgeBERT 1249ed7 hw/cmod, ${file}: states of its machine per vector and per row, and its hls_pipeline_init_interval`,
})

/** A state machine of the special function unit. */
export interface StateMachine {
  /** States it passes through per vector of n elements, over all its sweeps of a row. */
  readonly perVector: number
  /** States per row besides. */
  readonly perRow: number
  /** Cycles from one state to the next (initiation interval). */
  readonly interval: number
  readonly source: Source
}

/** The machines of the special function unit. */
export const STATE_MACHINES = {
  /** 2 per vector to find the maximum, 2 to sum, 5 to exponentiate, fetch the mask and store; 1 to finish. */
  softmax: { perVector: 9, perRow: 1, interval: 3, source: release('SMax.h') },
  /** 2 per vector for the moments, 7 to normalise; 2 between. */
  layernorm: { perVector: 9, perRow: 2, interval: 3, source: release('LayerNorm.h') },
  residual: { perVector: 6, perRow: 1, interval: 1, source: release('ElemAdd.h') },
  /** 2 per vector for the maximum, 2 for the sums; 2 to finish. */
  entropy: { perVector: 4, perRow: 2, interval: 4, source: release('Enpy.h') },
} as const satisfies Record<string, StateMachine>

/** Names of the machines. */
export type MachineName = keyof typeof STATE_MACHINES
/** Initiation intervals by machine, in cycles. */
export type Intervals = Readonly<Partial<Record<MachineName, number>>>

/** The initiation intervals as constants with a source. */
export const INTERVAL_CONSTANTS: Readonly<Record<`${MachineName}Interval`, Quantity>> = {
  softmaxInterval: interval('softmax'),
  layernormInterval: interval('layernorm'),
  residualInterval: interval('residual'),
  entropyInterval: interval('entropy'),
}

function interval(name: MachineName): Quantity {
  return { value: STATE_MACHINES[name].interval, unit: 'cycle/state', source: STATE_MACHINES[name].source }
}

/**
 * Cycles of a machine for `rows` rows of `width` elements, n at a time.
 *
 * @param intervals initiation intervals where they are not the released ones
 */
export function machineCycles(
  name: MachineName,
  rows: { readonly rows: number; readonly width: number; readonly n: number },
  intervals: Intervals = {},
): number {
  const { perVector, perRow, interval: released } = STATE_MACHINES[name]
  const vectors = Math.ceil(rows.width / rows.n)
  return rows.rows * (perVector * vectors + perRow) * (intervals[name] ?? released)
}

/** Cycles of an element-wise operation; GELU happens in the processing unit's accumulator and takes none. */
export function elementwiseCycles(op: Elementwise, n: number, intervals: Intervals = {}): number {
  if (op.kind === 'gelu') return 0
  return machineCycles(op.kind, { rows: op.rows * op.repeats, width: op.width, n }, intervals)
}
