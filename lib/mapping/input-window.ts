import { DIMS } from './problem.ts'

// Positions in DIMS.
const R = DIMS.indexOf('R')
const S = DIMS.indexOf('S')
const P = DIMS.indexOf('P')
const Q = DIMS.indexOf('Q')
const C = DIMS.indexOf('C')
const N = DIMS.indexOf('N')

/** How far one step of a loop moves the inputs' tile: along its rows. */
function rowsMoved(dim: number, inside: Float64Array, stride: number): number {
  return dim === P ? (inside[P] as number) * stride : dim === R ? (inside[R] as number) : 0
}

/** Along its columns. */
function columnsMoved(dim: number, inside: Float64Array, stride: number): number {
  return dim === Q ? (inside[Q] as number) * stride : dim === S ? (inside[S] as number) : 0
}

/** Along channels or batch, where tiles never overlap. */
function planesMoved(dim: number, of: number, inside: Float64Array): number {
  return dim === of ? (inside[of] as number) : 0
}

/**
 * Words of inputs written into the scratchpad while the DRAM loops run, as Timeloop counts them. The window of a
 * convolution overlaps its last place, and what overlaps is kept if the window moves as it moved the time before: so
 * along the innermost loop, and across an outer one whose step, less what the loops inside it go back, comes to the
 * same. Otherwise the whole tile is loaded. Timeloop steps each loop once and lets that step stand for the others, so
 * the loops inside go back by one step.
 *
 * @param order the DRAM loops, innermost first, as positions in DIMS
 * @param factors iterations of each DRAM loop, by position in DIMS
 * @param inside iterations inside the scratchpad's tile, by position in DIMS
 * @param stride of the convolution
 * @returns words
 * @see Timeloop, src/loop-analysis/nest-analysis.cpp (Dec 2022)
 */
export function inputFills(order: Uint8Array, factors: Float64Array, inside: Float64Array, stride: number): number {
  const channels = (inside[C] as number) * (inside[N] as number)
  const rows = ((inside[P] as number) - 1) * stride + (inside[R] as number)
  const columns = ((inside[Q] as number) - 1) * stride + (inside[S] as number)
  const tile = channels * rows * columns
  if (order.length === 0) return tile
  const innermost = order[0] as number
  let outer = 1
  let loops = 0
  for (let i = 1; i < order.length; i++) {
    outer *= factors[order[i] as number] as number
    loops |= 1 << (order[i] as number)
  }
  loops |= 1 << innermost
  const steps = factors[innermost] as number
  if (innermost === C || innermost === N) return tile * steps * outer

  const stepRows = rowsMoved(innermost, inside, stride)
  const stepColumns = columnsMoved(innermost, inside, stride)
  const fresh = tile - channels * Math.max(0, rows - stepRows) * Math.max(0, columns - stepColumns)
  // Only where two loops move the window along the same axis can an outer step resemble the innermost one.
  const alike =
    ((loops >> P) & (loops >> R) & 1) | ((loops >> Q) & (loops >> S) & 1)
      ? alikeSteps(order, factors, inside, stride)
      : 0
  return fresh * ((steps - 1) * outer + alike) + tile * (outer - alike)
}

/** Steps of outer loops that move the window just as the innermost loop does. */
function alikeSteps(order: Uint8Array, factors: Float64Array, inside: Float64Array, stride: number): number {
  const innermost = order[0] as number
  const stepRows = rowsMoved(innermost, inside, stride)
  const stepColumns = columnsMoved(innermost, inside, stride)
  let backRows = stepRows
  let backColumns = stepColumns
  let backPlanes = 0
  let alike = 0
  for (let i = 1; i < order.length; i++) {
    const dim = order[i] as number
    const rows = rowsMoved(dim, inside, stride)
    const columns = columnsMoved(dim, inside, stride)
    const planes = planesMoved(dim, C, inside) + planesMoved(dim, N, inside)
    // Loops over channels and batch move along axes of their own, so going back along them never cancels.
    if (planes === 0 && backPlanes === 0 && rows === backRows + stepRows && columns === backColumns + stepColumns) {
      let outside = 1
      for (let j = i + 1; j < order.length; j++) outside *= factors[order[j] as number] as number
      alike += outside * ((factors[dim] as number) - 1)
    }
    backRows += rows
    backColumns += columns
    backPlanes += planes
  }
  return alike
}
