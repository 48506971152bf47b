import { along, type FigureSpec, printedCrosses } from '../../../lib/harness/mod.ts'

/** A logarithmic scale over whole decades around the values (above 0), and an axis with a tick at each. */
export function decades(values: readonly number[]): { readonly scale: FigureSpec; readonly axis: FigureSpec } {
  const from = Math.floor(Math.log10(Math.min(...values)))
  const to = Math.ceil(Math.log10(Math.max(...values)))
  const ticks = Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index))
  return { scale: { type: 'log', domain: [10 ** from, 10 ** to] }, axis: { values: ticks, labelFlush: false } }
}

/** Our value and the printed one, null where none is, in one row of a panel. */
export interface RowCell {
  readonly row: string
  readonly ours: number | null
  readonly printed: number | null
}

/** One column of a printed table: its title with the unit, and its cells. */
export interface RowPanel {
  readonly title: string
  readonly cells: readonly RowCell[]
  /** Logarithmic, with our values as dots or as bars. @default bars from zero on a linear axis */
  readonly logarithmic?: 'dots' | 'bars'
}

/**
 * A panel of rows, in their order: our values as bars or dots, the printed ones as crosses.
 *
 * @param options what the rows are, whether they are labelled, the height of one and the width of the panel in pixels
 */
export function rowPanel(
  { title, cells, logarithmic }: RowPanel,
  options: {
    readonly rowTitle: string
    readonly width: number
    readonly rowHeight?: number
    readonly labels?: boolean
  },
): FigureSpec {
  const { rowTitle, width, rowHeight = 24, labels = true } = options
  const drawn = cells.flatMap(({ ours, printed }) => [ours, printed].filter((value) => value !== null))
  const { scale, axis } = logarithmic ? decades(drawn) : { scale: {}, axis: { tickCount: width < 150 ? 3 : 4 } }
  const x = (field: string, says: string) => along(field, title, { says, scale, axis })
  return {
    width,
    height: { step: rowHeight },
    data: { values: cells },
    encoding: {
      y: {
        field: 'row',
        type: 'nominal',
        sort: null,
        title: rowTitle,
        // Rows without a value keep their place, so that panels side by side agree.
        scale: { domain: cells.map(({ row }) => row) },
        axis: { title: null, labelLimit: 0, labels, ticks: labels },
      },
    },
    layer: [
      {
        mark: logarithmic === 'dots' ? { type: 'circle', size: 110, opacity: 1 } : { type: 'bar' },
        encoding: { x: { ...x('ours', `ours, ${title}`), stack: null } },
      },
      printedCrosses(null, { x: x('printed', `printed, ${title}`) }),
    ],
  }
}

/**
 * A table's columns as panels side by side over its rows, in the table's order.
 *
 * @param options what the rows are, the width of a panel in pixels, and what a blind reader is told of the figure
 */
export function rowPanels(
  panels: readonly RowPanel[],
  options: {
    readonly rowTitle: string
    readonly description: string
    readonly panelWidth: number
    /** Whether all panels have the same unit, and so the same axis. */
    readonly sameAxis?: boolean
  },
): FigureSpec {
  const { rowTitle, description, panelWidth, sameAxis = false } = options
  return {
    description,
    resolve: { scale: { x: sameAxis ? 'shared' : 'independent' } },
    hconcat: panels.map((panel, index) => rowPanel(panel, { rowTitle, width: panelWidth, labels: index === 0 })),
  }
}
