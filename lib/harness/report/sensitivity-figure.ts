import type { FigureSpec, Sensitivity } from '../experiment.ts'
import type { AnyTables, CellValue } from '../table.ts'

interface Swing {
  readonly assumption: string
  readonly low: number
  readonly high: number
  /** How far the answer moves, see {@link swingOf}. */
  readonly swing: number
}

/** Largest over smallest answer from which on the axis is logarithmic. */
const LOGARITHMIC_FROM = 10

const isNumber = (value: CellValue | undefined): value is number => typeof value === 'number'

/** How far apart two answers are: a factor counts the same upwards and downwards, where there are factors. */
function swingOf(low: number, high: number): number {
  return low > 0 ? high / low - 1 : high - low
}

/** Assumptions of one panel that move the answer, the one that moves it most first. */
function swings(rows: AnyTables[string], { labels, values }: Sensitivity, base: number | undefined): Swing[] {
  const [lowColumn, highColumn = lowColumn] = values
  return (rows ?? [])
    .flatMap((row) => {
      const [low, high] = [row[lowColumn], row[highColumn]]
      if (!isNumber(low) || !isNumber(high)) return []
      const ends = base === undefined || lowColumn !== highColumn ? [low, high] : [base, high]
      return [
        {
          assumption: labels.map((label) => row[label]).join(', '),
          low,
          high,
          swing: swingOf(Math.min(...ends), Math.max(...ends)),
        },
      ]
    })
    .filter(({ swing }) => swing > 0)
    .sort((a, b) => b.swing - a.swing)
}

function panel(rows: readonly Swing[], { values, title }: Sensitivity, base: number | undefined): FigureSpec {
  const all = rows.flatMap(({ low, high }) => [low, high])
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const scale = least > 0 && most > LOGARITHMIC_FROM * least ? { type: 'log' } : { zero: false }
  const x = (field: string) => ({ field, type: 'quantitative', title, scale })
  const y = {
    field: 'assumption',
    type: 'nominal',
    sort: rows.map(({ assumption }) => assumption),
    title: null,
    axis: { labelLimit: 420 },
  }
  const ends = [
    { mark: { type: 'bar', height: 10, opacity: 0.8 }, encoding: { x: x('low'), x2: { field: 'high' }, y } },
    { mark: { type: 'tick', thickness: 2, color: 'black', size: 14 }, encoding: { x: x('low'), y } },
  ]
  const dots = [{ mark: { type: 'circle', size: 70 }, encoding: { x: x('high'), y } }]
  const line = {
    mark: { type: 'rule', strokeDash: [4, 3], color: 'black', aria: false },
    encoding: { x: { datum: base, type: 'quantitative' } },
  }
  return {
    height: { step: 18 },
    data: { values: rows },
    layer: [...(values.length > 1 ? ends : dots), ...(base === undefined ? [] : [line])],
  }
}

/**
 * How far each assumption moves the answer: a bar from the low to the high end, with a tick at the low one (a dot where
 * there is one value), the widest first, beside a line at the answer as it stands.
 *
 * @returns null if nothing moves it
 */
export function sensitivityFigure(declared: Sensitivity, tables: AnyTables): FigureSpec | null {
  const { table, panels, base, title } = declared
  const all = tables[table] ?? []
  const names = panels === undefined ? [null] : [...new Set(all.map((row) => String(row[panels])))]
  const drawn = names.flatMap((name) => {
    const at = base?.(tables, name)
    const rows = swings(name === null ? all : all.filter((row) => String(row[panels ?? '']) === name), declared, at)
    return rows.length === 0
      ? []
      : [{ ...panel(rows, declared, at), width: name === null ? 380 : 220, ...(name === null ? {} : { title: name }) }]
  })
  if (drawn.length === 0) return null
  const marks = [
    ...(declared.values.length > 1 ? ['a tick is the low end of the assumption'] : []),
    ...(base ? ['the dashed line is the answer as it stands'] : []),
  ]
  const description = `How far each assumption moves ${title}, the widest range first, without those that do not${marks.map((mark) => `; ${mark}`).join('')}.`
  const [only] = drawn
  return drawn.length === 1 ? { description, ...only } : { description, columns: 2, concat: drawn }
}
