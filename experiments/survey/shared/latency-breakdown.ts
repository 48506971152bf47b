import { type AnalyticalMachine, cyclesToMs, modelCycles } from '../../../lib/accelerators/analytical/mod.ts'
import type { FigureSpec, Row } from '../../../lib/harness/mod.ts'
import { OPERATOR_GROUPS, type Transformer } from '../../../lib/workload/mod.ts'
import { isRising } from './operator-table.ts'

/** Columns of Figs. 30 and 31. */
export const BREAKDOWN_COLUMNS = {
  seqLen: { type: 'integer', unit: 'token', 'x-key': true },
  operator: { type: 'string', enum: [...OPERATOR_GROUPS, 'total'] as const, 'x-key': true },
  cycles: { type: 'number', unit: 'cycle' },
  latencyMs: { type: 'number', unit: 'ms' },
  sharePercent: { type: 'number', unit: '%' },
} as const

export type BreakdownRow = Row<typeof BREAKDOWN_COLUMNS>

/** Cycles and shares by operator group for each length. */
export function breakdownRows(
  model: Omit<Transformer, 'name' | 'source'>,
  machine: AnalyticalMachine,
  seqLens: readonly number[],
): BreakdownRow[] {
  return seqLens.flatMap((seqLen) => {
    const cycles = modelCycles(model, machine, { seqLen })
    return [...OPERATOR_GROUPS, 'total' as const].map((operator) => ({
      seqLen,
      operator,
      cycles: cycles[operator],
      latencyMs: cyclesToMs(cycles[operator], machine),
      sharePercent: (100 * cycles[operator]) / cycles.total,
    }))
  })
}

/** "Projections dominate at short l, the act-to-act share grows with l." */
export function projectionsThenActToAct(rows: readonly BreakdownRow[]): boolean | undefined {
  const byLength = [...rows].sort((a, b) => a.seqLen - b.seqLen)
  const shares = (operator: BreakdownRow['operator']) =>
    byLength.filter((row) => row.operator === operator).map((row) => row.sharePercent)
  if (shares('mha-act-to-act').length < 2) return undefined
  const shortest = (shares('mha-projections')[0] ?? 0) + (shares('ffn-projections')[0] ?? 0)
  return shortest > 50 && isRising(shares('mha-act-to-act'))
}

/** What the paper's legends call the groups, in their order. */
const LEGEND: Readonly<Record<(typeof OPERATOR_GROUPS)[number], string>> = {
  'mha-projections': 'MHA (projections)',
  'mha-act-to-act': 'MHA (act-to-act)',
  'ffn-projections': 'FFN (projections)',
  other: 'other (no matmuls)',
}

/** The stacked bars of Figs. 30 and 31; the paper prints no numbers at its bars. */
export function breakdownFigure(rows: readonly BreakdownRow[], network: string): FigureSpec {
  return {
    description: `Shares of latency in percent by kind of operation, stacked, for each sequence length: ${network} on the analytical machine. The paper prints no numbers at its bars.`,
    width: 520,
    height: 260,
    data: {
      values: rows.flatMap((row) =>
        row.operator === 'total'
          ? []
          : [
              {
                ...row,
                operation: LEGEND[row.operator],
                order: OPERATOR_GROUPS.indexOf(row.operator),
                said: `${row.seqLen} tokens; ${LEGEND[row.operator]}: ${row.sharePercent.toFixed(1)} % of latency`,
              },
            ],
      ),
    },
    mark: 'bar',
    encoding: {
      x: { field: 'seqLen', type: 'ordinal', title: 'sequence length [token]', axis: { labelAngle: 0 } },
      y: {
        field: 'sharePercent',
        type: 'quantitative',
        title: 'share of latency [%]',
        stack: 'zero',
        scale: { domain: [0, 100] },
      },
      color: { field: 'operation', type: 'nominal', sort: Object.values(LEGEND), title: 'operation' },
      order: { field: 'order', type: 'ordinal' },
      description: { field: 'said', type: 'nominal' },
    },
  }
}
