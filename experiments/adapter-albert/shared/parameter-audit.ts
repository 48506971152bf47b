import type { Source } from '../../../lib/numeric/mod.ts'
import { adapterAlbert } from './paper.ts'

/** Table II's totals, which are results of the paper. They stand here because Table II is the subject of an audit. */
export const TABLE_II_SOURCE: Source = adapterAlbert(
  'Table II (a result of the paper, taken as the subject of an audit)',
)

/** A printed number of millions, digit by digit. */
export interface PrintedMillions {
  /** Parameters. */
  readonly value: number
  /** Parameters that one unit of the last printed digit stands for. */
  readonly unit: number
}

/** Parameters that a unit of the last digit stands for where millions have so many decimals. */
const unitOf = (decimals: number): number => 1e6 / Number(`1e${decimals}`)

/** Reads millions as printed, like `11.88`. */
export function printedMillions(text: string): PrintedMillions {
  const [whole = '', decimals = ''] = text.split('.')
  const unit = unitOf(decimals.length)
  return { value: Number(whole + decimals) * unit, unit }
}

/** Totals that Table II prints of models with ALBERT's backbone, in its order. */
export const PRINTED_TOTALS = {
  none: printedMillions('11.6'),
  default: printedMillions('11.88'),
  smallest: printedMillions('11.77'),
  largest: printedMillions('12.06'),
} as const
/** The total that it prints of adapter-BERT. */
export const PRINTED_ADAPTER_BERT = printedMillions('111.2')
/** Task-specific parameters that it prints of adapter-ALBERT-64: 200.4 thousand. */
export const PRINTED_TRAINABLE = printedMillions('0.2004')

/** A count with all digits cut off that millions with so many decimals do not show. */
export function cutMillions(parameters: number, decimals: number): number {
  const unit = unitOf(decimals)
  return Math.floor(parameters / unit) * unit
}

/** A percentage with all digits after the first decimal cut off; the slack is for binary dust alone. */
export const cutPercent = (percent: number): number => Math.floor(10 * percent + 1e-9) / 10

/** Ways to get to printed digits: rounded to nearest, the rest cut off, or whichever of the two fits. */
export const READINGS = ['rounded', 'cut', 'either'] as const
export type Reading = (typeof READINGS)[number]

/** Counts that print as given: lowest and highest; a tie may be rounded either way. */
export function printableCounts({ value, unit }: PrintedMillions, reading: Reading): readonly [number, number] {
  return [reading === 'cut' ? value : value - unit / 2, reading === 'rounded' ? value + unit / 2 : value + unit - 1]
}

/** How a count gets to what is printed. */
export const FITS = ['both', 'rounded', 'cut', 'neither'] as const
export type Fit = (typeof FITS)[number]

/** Whether a count gives the printed digits by rounding, by cutting off, by both or neither. */
export function fitOf(parameters: number, printed: PrintedMillions): Fit {
  const within = (reading: Reading) => {
    const [lowest, highest] = printableCounts(printed, reading)
    return parameters >= lowest && parameters <= highest
  }
  const [rounded, cut] = [within('rounded'), within('cut')]
  if (rounded && cut) return 'both'
  return rounded ? 'rounded' : cut ? 'cut' : 'neither'
}

/**
 * Parameters that one task adds by projected attention layers (Stickland and Murray, 2019): down to their width and up
 * again with matrices that all layers share, and in each layer query, key and value of that width.
 */
export function projectedAttentionParameters(hidden: number, layers: number, width: number): number {
  return 2 * hidden * width + width + hidden + layers * 3 * (width * width + width)
}
