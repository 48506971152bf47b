import { normalTail, type Source } from '../numeric/mod.ts'

/** The levels of a memory cell: read current of each (normalised) with its spread; a level's index is its bits. */
export interface CellLevels {
  readonly bitsPerCell: number
  readonly means: readonly number[]
  readonly sigmas: readonly number[]
}

/** Where {@link RRAM_LEVELS} come from. */
export const RRAM_LEVELS_SOURCE: Source = {
  kind: 'public',
  which:
    'lpentecost/NVMExplorer 16eb289 nvmexplorer_src/nvmFI/nvm_data/mlc_rram_args.p: level means and deviations of a 28 nm ReRAM; faults as in its fi_utils.py, the tail beyond the crossing of neighbouring Gaussians',
}

const ENDS = { first: 0.008646, last: 0.0034 } as const

/** ReRAM of one, two and three bits per cell. */
export const RRAM_LEVELS = {
  slc: { bitsPerCell: 1, means: [0, 1], sigmas: [ENDS.first, ENDS.last] },
  mlc2: { bitsPerCell: 2, means: [0, 0.384644, 0.721657, 1], sigmas: [ENDS.first, 0.033511, 0.027417, ENDS.last] },
  mlc3: {
    bitsPerCell: 3,
    means: [0, 0.078262, 0.20382, 0.384644, 0.54212, 0.721657, 0.886116, 1],
    sigmas: [ENDS.first, 0.013458, 0.030416, 0.033511, 0.024829, 0.027417, 0.037191, ENDS.last],
  },
} as const satisfies Record<string, CellLevels>

/** A kind of cell. */
export type CellKind = keyof typeof RRAM_LEVELS
/** Kinds of cells: of one bit, of two, of three. */
export const CELL_KINDS: readonly CellKind[] = ['slc', 'mlc2', 'mlc3']

/** Chances that a level is read as its lower or upper neighbour. */
export interface Misreads {
  readonly toLower: Float64Array
  readonly toUpper: Float64Array
}

/**
 * Where a read tells two neighbouring levels apart: the current between their means at which both are equally likely.
 *
 * @throws {RangeError} if the means do not rise or a spread is not positive
 */
export function decisionThreshold(
  lower: { readonly mean: number; readonly sigma: number },
  upper: { readonly mean: number; readonly sigma: number },
): number {
  if (!(lower.mean < upper.mean && lower.sigma > 0 && upper.sigma > 0)) {
    throw new RangeError(
      `Cannot tell levels apart: means must rise and spreads be positive, got ${lower.mean} +- ${lower.sigma} and ${upper.mean} +- ${upper.sigma}`,
    )
  }
  // Equal log-densities: a quadratic in the distance from the lower mean.
  const d = upper.mean - lower.mean
  const [p, q] = [1 / (lower.sigma * lower.sigma), 1 / (upper.sigma * upper.sigma)]
  const a = q - p
  const b = -2 * q * d
  const c = q * d * d + 2 * Math.log(upper.sigma / lower.sigma)
  if (a === 0) return lower.mean - c / b
  const root = Math.sqrt(b * b - 4 * a * c)
  const stable = -(b - root) / 2
  const inside = [stable / a, c / stable].find((x) => x > 0 && x < d)
  if (inside === undefined) {
    throw new RangeError(
      `Cannot tell levels apart: ${lower.mean} and ${upper.mean} never become equally likely between`,
    )
  }
  return lower.mean + inside
}

/** Chances of misreading each level of a cell. */
export function misreads({ means, sigmas }: CellLevels): Misreads {
  const toLower = new Float64Array(means.length)
  const toUpper = new Float64Array(means.length)
  for (let level = 0; level + 1 < means.length; level += 1) {
    const lower = { mean: means[level] as number, sigma: sigmas[level] as number }
    const upper = { mean: means[level + 1] as number, sigma: sigmas[level + 1] as number }
    const threshold = decisionThreshold(lower, upper)
    toUpper[level] = normalTail((threshold - lower.mean) / lower.sigma)
    toLower[level + 1] = normalTail((upper.mean - threshold) / upper.sigma)
  }
  return { toLower, toUpper }
}

/** Chance of misreading a cell whose levels are used equally often. */
export function meanMisread(levels: CellLevels): number {
  const { toLower, toUpper } = misreads(levels)
  let sum = 0
  for (let level = 0; level < toLower.length; level += 1) sum += (toLower[level] as number) + (toUpper[level] as number)
  return sum / toLower.length
}
