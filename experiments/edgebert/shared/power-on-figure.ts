import { along, type FigureSpec, type Mark, printedAt, printedCrosses } from '../../../lib/harness/mod.ts'

interface Tables {
  readonly powerOn: readonly {
    readonly side: string
    readonly step: string
    readonly latencyUs: number
    readonly energyUj: number
  }[]
  readonly scenarios: readonly {
    readonly reads: string
    readonly writes: string
    readonly access: string
    readonly gain: string
    readonly ratio: number
  }[]
}

/** The two halves of the figure: column, axis, domain, and the name of the gain in claims and scenarios. */
const HALVES = [
  ['latencyUs', 'latency after power-on [us]', [0.1, 1000], 'latency'],
  ['energyUj', 'energy after power-on [uJ]', [0.0001, 1000], 'energy'],
] as const

/** Fig. 11 as the paper draws it, costs after power-on of both ways; and below, what each scenario makes of the gain. */
export function powerOnFigure({ powerOn, scenarios }: Tables, marks: readonly Mark[]): FigureSpec {
  const costs = powerOn.map((row) => ({ ...row, label: row.step === 'total' ? `${row.side}, total` : row.step }))
  const conventional = costs.find(({ side, step }) => side !== 'ReRAM' && step === 'total')
  const reram = costs.find(({ side }) => side === 'ReRAM')
  const rows = { field: 'label', type: 'nominal', sort: null, title: 'step', axis: { title: null, labelLimit: 300 } }
  return {
    description:
      'Upper panels: latency in us and energy in uJ of reading the embeddings after power-on, from DRAM by way of SRAM and from ReRAM, as bars on logarithmic axes; the cross is what the printed gain leaves of our conventional total. Lower panels: the gain by what is read from ReRAM, all weights or those of a sentence or a token, while the DRAM loads all; crosses are the printed gain, which the caption gives for all weights. The paper draws the costs alone.',
    vconcat: [
      {
        spacing: 30,
        hconcat: HALVES.map(([field, title, domain, gain], i) => {
          const factor = printedAt(marks, `edgebert.fig11-${gain}`)
          const x = (column: string, says: string) =>
            along(column, title, { says, scale: { type: 'log', domain, nice: false }, axis: { tickCount: 4 } })
          const y = i === 0 ? rows : { ...rows, axis: { title: null, labels: false, ticks: false } }
          return {
            width: 240,
            height: { step: 24 },
            layer: [
              {
                data: { values: costs.filter((row) => row[field] > 0) },
                mark: 'bar',
                encoding: {
                  x: x(field, title),
                  x2: { datum: domain[0] },
                  y,
                  color: { field: 'side', type: 'nominal', title: 'read from' },
                },
              },
              printedCrosses(
                factor === null || !conventional || !reram
                  ? []
                  : [{ label: reram.label, printed: conventional[field] / factor }],
                { x: x('printed', `what the printed gain leaves: ${title}`), y },
              ),
            ],
          }
        }),
      },
      {
        spacing: 30,
        hconcat: HALVES.map(([, , , gain]) => {
          const x = {
            field: 'reads',
            type: 'nominal',
            sort: null,
            title: 'read from ReRAM',
            axis: { labelAngle: 0 },
          }
          const title = [`${gain}, conventional`, 'over ReRAM [1]']
          const y = (column: string, says: string) =>
            along(column, title, { says, scale: { type: 'log' }, axis: { tickCount: 5 } })
          const printed = printedAt(marks, `edgebert.fig11-${gain}`)
          const own = scenarios.filter((row) => row.gain === gain && row.writes !== 'not counted')
          return {
            width: 240,
            height: 180,
            layer: [
              {
                data: { values: own },
                mark: { type: 'point', filled: true, size: 60 },
                encoding: {
                  x,
                  xOffset: { field: 'writes', type: 'nominal', title: 'SRAM writes' },
                  y: y('ratio', `${gain}, conventional over ReRAM [1]`),
                  color: { field: 'access', type: 'nominal', title: 'ReRAM access' },
                  shape: { field: 'writes', type: 'nominal', title: 'SRAM writes' },
                },
              },
              printedCrosses(
                printed === null
                  ? []
                  : [...new Set(own.map(({ reads }) => reads))].map((reads) => ({ reads, printed })),
                { x, y: y('printed', 'printed gain [1]') },
              ),
            ],
          }
        }),
      },
    ],
    resolve: { scale: { color: 'independent', shape: 'independent' } },
    config: { legend: { orient: 'top' } },
  }
}
