import { accessBytes, type MemoryMacro, macroBytes } from './nvsim.ts'

/** A GiB/s in bytes per ns. */
const BYTES_PER_NS_PER_GIB_PER_S = (1024 * 1024 * 1024) / 1e9

/** Names of the rules by which macros make up a capacity. */
export const COMPOSITIONS = ['single', 'cover', 'cover-fastest'] as const
/**
 * `single`: the smallest macro that holds all, or the cover where none does. `cover`: macros of together the least
 * capacity that suffices (adapter-ALBERT Sec. IV-C), as few of them as possible. `cover-fastest`: of all such covers the
 * one whose mean read speed is highest.
 */
export type Composition = (typeof COMPOSITIONS)[number]

/** How long an access takes. */
export const ACCESS_TIMES = ['bandwidth', 'latency'] as const
/** `bandwidth`: as NVSim gives it, accesses overlapping; `latency`: one access after the other. */
export type AccessTime = (typeof ACCESS_TIMES)[number]

/** Macros of one kind that are one memory. */
export interface MemoryBank {
  readonly parts: readonly { readonly macro: MemoryMacro; readonly count: number }[]
  readonly capacityBytes: number
  readonly areaMm2: number
  readonly leakageMw: number
  /** Means over the macros, weighted by capacity as adapter-ALBERT Sec. IV-C weights bandwidths; bytes of data, not cells. */
  readonly readBytesPerNs: number
  readonly writeBytesPerNs: number
  readonly readPjPerByte: number
  readonly writePjPerByte: number
}

/** What to build. */
export interface BankNeeds {
  /** Bytes to hold; 0 needs no macro at all. */
  readonly bytes: number
  readonly composition: Composition
  readonly accessTime: AccessTime
}

/**
 * A memory of macros of one kind.
 *
 * @param macros what there is to choose from, all of one kind and number of bits per cell, in any order
 * @throws {RangeError} if there is nothing to choose from, kinds are mixed, a capacity is no positive integer, or bytes is
 *   no number from 0
 */
export function composeBank(macros: readonly MemoryMacro[], { bytes, composition, accessTime }: BankNeeds): MemoryBank {
  const [first] = macros
  if (!first) throw new RangeError('Cannot compose a memory: there must be a macro to choose from, got none')
  const other = macros.find(({ kind, bitsPerCell }) => kind !== first.kind || bitsPerCell !== first.bitsPerCell)
  if (other) {
    throw new RangeError(
      `Cannot compose a memory: macros must be of one kind, got ${first.kind} of ${first.bitsPerCell} and ${other.kind} of ${other.bitsPerCell} bit per cell`,
    )
  }
  const odd = macros.find(({ cellKib }) => !(Number.isSafeInteger(cellKib) && cellKib >= 1))
  if (odd) throw new RangeError(`Cannot compose a memory: cellKib must be a positive integer, got ${odd.cellKib}`)
  if (!(bytes >= 0 && Number.isFinite(bytes))) {
    throw new RangeError(`Cannot compose a memory: bytes must be a number from 0, got ${bytes}`)
  }
  const rising = [...macros].sort((a, b) => a.cellKib - b.cellKib)
  const single = composition === 'single' ? rising.find((macro) => macroBytes(macro) >= bytes) : undefined
  const parts =
    bytes === 0 ? [] : single ? [{ macro: single, count: 1 }] : cover(rising, { bytes, composition, accessTime })
  return bankOf(parts, accessTime)
}

/** Speed of a macro, bytes per ns. */
function speedOf(macro: MemoryMacro, kind: 'read' | 'write', accessTime: AccessTime): number {
  if (accessTime === 'latency') return accessBytes(macro) / macro[`${kind}Ns`]
  return macro[`${kind}GibPerS`] * BYTES_PER_NS_PER_GIB_PER_S
}

function bankOf(parts: MemoryBank['parts'], accessTime: AccessTime): MemoryBank {
  const total = (of: (macro: MemoryMacro) => number) =>
    parts.reduce((sum, { macro, count }) => sum + count * of(macro), 0)
  const capacityBytes = total(macroBytes)
  const weighted = (of: (macro: MemoryMacro) => number) =>
    capacityBytes === 0 ? 0 : total((macro) => macroBytes(macro) * of(macro)) / capacityBytes
  return {
    parts,
    capacityBytes,
    areaMm2: total(({ areaMm2 }) => areaMm2),
    leakageMw: total(({ leakageMw }) => leakageMw),
    readBytesPerNs: weighted((macro) => speedOf(macro, 'read', accessTime)),
    writeBytesPerNs: weighted((macro) => speedOf(macro, 'write', accessTime)),
    readPjPerByte: weighted((macro) => macro.readPj / accessBytes(macro)),
    writePjPerByte: weighted((macro) => macro.writePj / accessBytes(macro)),
  }
}

/** Steps of a byte per ns in which speeds are compared. */
const SPEED_RESOLUTION = 1e6
/** Most pairs of a capacity and a macro that a cover is searched over. */
const MOST_STEPS = 10_000_000

/**
 * The macros of least total capacity that hold so many bytes, by dynamic programming over the common divisor of their
 * capacities: exact for any set of capacities, powers of two or not. Of covers that are as good, the one of fewest macros.
 */
function cover(rising: readonly MemoryMacro[], { bytes, composition, accessTime }: BankNeeds): MemoryBank['parts'] {
  const [smallest] = rising as [MemoryMacro]
  const unit = rising.reduce((divisor, { cellKib }) => commonDivisor(divisor, cellKib), 0)
  const unitBytes = unit * 1024 * smallest.bitsPerCell
  const sizes = rising.map(({ cellKib }) => cellKib / unit)
  const needed = Math.ceil(bytes / unitBytes)
  const mostUnits = Math.floor(MOST_STEPS / sizes.length)
  if (needed > mostUnits) {
    throw new RangeError(
      `Cannot compose a memory of ${bytes} bytes: of ${sizes.length} macros in steps of ${unitBytes} bytes it must be at most ${mostUnits * unitBytes} bytes`,
    )
  }
  // A cover that exceeds what is needed by the largest macro or more could leave a macro out.
  const end = needed + (sizes.at(-1) as number)
  const best = new Float64Array(end).fill(-1)
  const fewest = new Int32Array(end)
  const last = new Int32Array(end).fill(-1)
  best[0] = 0
  // Whole numbers, so that sums of equal speeds are equal whatever their order.
  const worth = rising.map((macro) =>
    composition === 'cover-fastest'
      ? Math.round(speedOf(macro, 'read', accessTime) * SPEED_RESOLUTION) * macro.cellKib
      : 0,
  )
  for (let filled = 0; filled < end; filled += 1) {
    const here = best[filled] as number
    if (here < 0) continue
    if (filled >= needed) return traceBack(rising, sizes, last, filled)
    const count = (fewest[filled] as number) + 1
    for (let i = 0; i < sizes.length; i += 1) {
      const next = filled + (sizes[i] as number)
      if (next >= end) break
      const value = here + (worth[i] as number)
      const known = best[next] as number
      if (value > known || (value === known && count < (fewest[next] as number))) {
        best[next] = value
        fewest[next] = count
        last[next] = i
      }
    }
  }
  throw new RangeError(`Cannot compose a memory of ${bytes} bytes: no combination of macros was found`)
}

function traceBack(
  rising: readonly MemoryMacro[],
  sizes: readonly number[],
  last: Int32Array,
  total: number,
): MemoryBank['parts'] {
  const counts = rising.map(() => 0)
  for (let left = total; left > 0; ) {
    const i = last[left] as number
    counts[i] = (counts[i] as number) + 1
    left -= sizes[i] as number
  }
  return rising.map((macro, i) => ({ macro, count: counts[i] as number })).filter(({ count }) => count > 0)
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}
