import { DIMS, type Dim, type Mapping, type Problem } from '../../lib/mapping/mod.ts'

/** What walking a loop nest counts, in words. */
export interface NestWalk {
  readonly macs: number
  readonly distinctMacs: number
  readonly registerWeights: number
  readonly scratchpadWeights: number
  /** Inputs, if what overlaps the last window is kept only while the innermost DRAM loop runs. */
  readonly scratchpadInputs: number
  readonly drainedOutputs: number
  readonly returnedOutputs: number
  readonly accumulatorAccesses: number
  /** Inputs read from the scratchpad, once for all columns. */
  readonly inputReads: number
  /** Elements that some multiply-accumulate uses. */
  readonly touched: { readonly W: number; readonly I: number; readonly O: number }
}

interface Step {
  readonly dim: Dim
  readonly factor: number
  /** How far one iteration moves the dimension's index. */
  readonly step: number
}

/** The loops of a mapping as the machine nests them, each with the size of its step. */
function nestOf({ dram, scratchpad, accumulator, register }: Mapping) {
  const inner: Partial<Record<Dim, number>> = {}
  const withSteps = (loops: readonly { dim: Dim; factor: number }[]): Step[] =>
    loops
      .toReversed()
      .map(({ dim, factor }) => {
        const step = inner[dim] ?? 1
        inner[dim] = step * factor
        return { dim, factor, step }
      })
      .reverse()
  const inBank = withSteps(register.temporal)
  const rows = withSteps(accumulator.spatial)
  const inAccumulator = withSteps(accumulator.temporal)
  const columns = withSteps(scratchpad.spatial)
  const inScratchpad = withSteps(scratchpad.temporal)
  const inDram = withSteps(dram.temporal)
  return { temporal: [inDram, inScratchpad, [...inAccumulator, ...inBank]] as const, rows, columns }
}

/** Every state of nested loops, outermost slowest: offsets of the dimensions' indices. */
function* states(loops: readonly Step[], digits: readonly number[] = []): Generator<number[]> {
  const loop = loops[digits.length]
  if (!loop) {
    const offsets = DIMS.map(() => 0)
    for (const [i, { dim, step }] of loops.entries()) {
      const at = DIMS.indexOf(dim)
      offsets[at] = (offsets[at] as number) + (digits[i] as number) * step
    }
    yield offsets
    return
  }
  for (let digit = 0; digit < loop.factor; digit++) yield* states(loops, [...digits, digit])
}

const plus = (a: readonly number[], b: readonly number[]) => a.map((x, i) => x + (b[i] as number))
const same = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>) => a.size === b.size && [...a].every((x) => b.has(x))

/** A box of inputs: first and last index along batch, channels, rows and columns. */
type Box = readonly (readonly [number, number])[]
const boxOf = (points: readonly (readonly number[])[]): Box =>
  [0, 1, 2, 3].map((axis) => {
    const along = points.map((point) => point[axis] as number)
    return [Math.min(...along), Math.max(...along)]
  })
const volume = (box: Box) => box.reduce((product, [low, high]) => product * Math.max(0, high - low + 1), 1)
const overlap = (a: Box, b: Box) =>
  volume(a.map(([low, high], i) => [Math.max(low, b[i]?.[0] ?? 0), Math.min(high, b[i]?.[1] ?? 0)] as const))

/**
 * Runs a mapping step by step with real indices and counts what moves: a memory that holds what it needs next is not
 * written; a bank whose outputs change is drained, and outputs seen before come back; an update reads and writes its
 * sum, but needs no read the first time after a refill.
 */
export function walkNest(mapping: Mapping, bounds: Problem): NestWalk {
  const { temporal, rows, columns } = nestOf(mapping)
  const [dramLoops, scratchpadLoops, bankLoops] = temporal
  const rowOffsets = [...states(rows)]
  const columnOffsets = [...states(columns)]
  const scratchpadStates = [...states(scratchpadLoops)]
  const bankStates = [...states(bankLoops)]
  const moving = dramLoops.filter(({ factor }) => factor > 1)
  const innermost = moving.at(-1)?.factor ?? 1

  const macs: string[] = []
  const touched = { W: new Set<string>(), I: new Set<string>(), O: new Set<string>() }
  const count = { registerWeights: 0, scratchpadWeights: 0, scratchpadInputs: 0, drained: 0, returned: 0 }
  let accumulatorAccesses = 0
  let inputReads = 0
  const registers = new Map<number, string>()
  const banks = columnOffsets.map(() => new Set<string>())
  let heldWeights: ReadonlySet<string> = new Set()
  let window: Box | undefined

  const drain = (bank: ReadonlySet<string>) => {
    count.drained += bank.size
    accumulatorAccesses += bank.size
  }
  for (const [dramStep, dramOffsets] of [...states(dramLoops)].entries()) {
    const weights = new Set<string>()
    const inputs = new Map<string, readonly number[]>()
    for (const scratchpadOffsets of scratchpadStates) {
      const outer = plus(dramOffsets, scratchpadOffsets)
      const outputs = columnOffsets.map(() => [] as string[])
      for (const bankOffsets of bankStates) {
        const readNow = new Set<string>()
        for (const [column, columnOffset] of columnOffsets.entries()) {
          const updatedNow = new Set<string>()
          for (const [row, rowOffset] of rowOffsets.entries()) {
            const [r, s, p, q, c, k, n] = plus(plus(plus(outer, bankOffsets), columnOffset), rowOffset) as [
              number,
              number,
              number,
              number,
              number,
              number,
              number,
            ]
            const weight = `${r},${s},${c},${k}`
            const place = [n, c, p * bounds.stride + r, q * bounds.stride + s]
            const input = place.join()
            macs.push(`${weight},${p},${q},${n}`)
            weights.add(weight)
            inputs.set(input, place)
            readNow.add(input)
            updatedNow.add(`${p},${q},${k},${n}`)
            const element = column * rowOffsets.length + row
            if (registers.get(element) !== weight) count.registerWeights++
            registers.set(element, weight)
          }
          outputs[column]?.push(...updatedNow)
        }
        inputReads += readNow.size
      }
      for (const [column, updates] of outputs.entries()) {
        const needed = new Set(updates)
        const bank = banks[column] as Set<string>
        const refilled = !same(bank, needed)
        if (refilled) {
          drain(bank)
          const back = [...needed].filter((output) => touched.O.has(output)).length
          count.returned += back
          accumulatorAccesses += back
          banks[column] = needed
        }
        accumulatorAccesses += 2 * updates.length - (refilled ? needed.size : 0)
        for (const output of needed) touched.O.add(output)
      }
    }
    if (!same(heldWeights, weights)) count.scratchpadWeights += weights.size
    heldWeights = weights
    const next = boxOf([...inputs.values()])
    const kept = window && dramStep % innermost !== 0 ? overlap(window, next) : 0
    count.scratchpadInputs += volume(next) - kept
    window = next
    for (const weight of weights) touched.W.add(weight)
    for (const input of inputs.keys()) touched.I.add(input)
  }
  for (const bank of banks) drain(bank)
  return {
    macs: macs.length,
    distinctMacs: new Set(macs).size,
    registerWeights: count.registerWeights,
    scratchpadWeights: count.scratchpadWeights,
    scratchpadInputs: count.scratchpadInputs,
    drainedOutputs: count.drained,
    returnedOutputs: count.returned,
    accumulatorAccesses,
    inputReads,
    touched: { W: touched.W.size, I: touched.I.size, O: touched.O.size },
  }
}
