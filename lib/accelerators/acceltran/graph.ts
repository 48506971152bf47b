import type { AccelTranQuirks } from './quirks.ts'
import { type AccelTranRun, checkTiles, type RunDimensions, runDimensions } from './workload.ts'

/** What a tile operation runs on; matmul and GeLU both take a MAC lane. */
export const OPERATION_KINDS = ['matmul', 'gelu', 'softmax', 'layernorm'] as const
export type OperationKind = (typeof OPERATION_KINDS)[number]

/** A matrix that is loaded from main memory into the weight buffer, or stored in the activation buffer. */
export interface Datum {
  readonly id: number
  readonly name: string
  readonly elements: number
  readonly stored: boolean
  /** The operation whose last tile makes it; null for one that is loaded. */
  readonly producer: Operation | null
}

/** An operation, cut into tile operations that are issued in order. */
export interface Operation {
  readonly id: number
  readonly name: string
  readonly layer: number
  /** Null for an operation of the whole layer. */
  readonly head: number | null
  readonly kind: OperationKind
  /** Tile operations. */
  readonly tiles: number
  /** Number of its first tile operation, over all. */
  readonly first: number
  /** Data that must be in a buffer. */
  readonly needs: readonly Datum[]
  /** Operations that must be done, whose results no buffer is asked for. */
  readonly after: readonly Operation[]
}

/** Memory operations one after the other, or sequences of them side by side, one per head. */
export type MemoryElement =
  | { readonly heads: readonly (readonly Datum[])[] }
  | { readonly heads: null; readonly datum: Datum }
/** Operations one after the other, or sequences of them side by side, one per head. */
export type ComputeSection =
  | { readonly heads: readonly (readonly Operation[])[] }
  | { readonly heads: null; readonly operations: readonly Operation[] }

/** The two ordered lists of work that the control block walks. */
export interface WorkGraph {
  readonly data: readonly Datum[]
  readonly operations: readonly Operation[]
  readonly memory: readonly MemoryElement[]
  readonly compute: readonly ComputeSection[]
  /** Tile operations in all. */
  readonly tiles: number
  /** Word and position embeddings; first to be loaded, never evicted. */
  readonly embedding: Datum
}

/**
 * An encoder as tiled operations and memory operations (AccelTran Table I, Sec. III-B8; order and sizes as in the
 * published simulator). What a layer is given, the outputs of its heads and those of layer norm and GeLU are in no
 * buffer; operations wait until they are done. There is no residual addition.
 *
 * @param tileSide side of a tile; dimensions are rounded up to whole tiles
 */
export function workGraph(
  dimensions: RunDimensions,
  tileSide: number,
  { geluTwice = false, weightsPerBatchElement = false, missingDependencies = false }: AccelTranQuirks,
): WorkGraph {
  const { layers, heads, width: d, hidden: h, ffn: f, vocabulary, sequence: s, batch: b } = dimensions
  const copies = weightsPerBatchElement ? b : 1
  const data: Datum[] = []
  const operations: Operation[] = []
  const memory: MemoryElement[] = []
  const compute: ComputeSection[] = []
  let tiles = 0

  const datum = (name: string, elements: number, producer: Operation | null): Datum => {
    const made = { id: data.length, name, elements, stored: producer !== null, producer }
    data.push(made)
    return made
  }
  const load = (name: string, elements: number) => datum(name, elements, null)
  const blocks = (...sides: readonly number[]) =>
    sides.reduce((product, side) => product * Math.ceil(side / tileSide), b)
  const operation = (
    place: Pick<Operation, 'layer' | 'head'>,
    [name, kind, count]: readonly [string, OperationKind, number],
    needs: readonly Datum[] = [],
    inputs: readonly Operation[] = [],
  ): Operation => {
    const after = missingDependencies ? [] : inputs
    const made = { id: operations.length, name, kind, tiles: count, first: tiles, needs, after, ...place }
    operations.push(made)
    tiles += count
    return made
  }

  const embedding = load('embeddings', (vocabulary + s) * h)
  memory.push({ heads: null, datum: embedding })
  let layerInput: readonly Operation[] = []
  for (let layer = 0; layer < layers; layer++) {
    const outputs: Operation[] = []
    const memoryHeads: Datum[][] = []
    const computeHeads: Operation[][] = []
    for (let head = 0; head < heads; head++) {
      const place = { layer, head }
      const label = (name: string) => `layer ${layer + 1} head ${head + 1} ${name}`
      const weights = ['Wq', 'Wk', 'Wv'].map((name) => load(label(name), copies * h * d))
      const projections = weights.map((weight, i) =>
        operation(place, [['q', 'k', 'v'][i] as string, 'matmul', blocks(s, d, h)], [weight], layerInput),
      )
      const [q, k, v] = projections.map((made) => datum(label(made.name.toUpperCase()), b * s * d, made)) as [
        Datum,
        Datum,
        Datum,
      ]
      const qk = operation(place, ['qk', 'matmul', blocks(s, s, d)], [q, k, v])
      const scores = datum(label('scores'), b * s * s, qk)
      const softmax = operation(place, ['softmax', 'softmax', blocks(s, s)], [scores, v])
      const weighted = datum(label('probabilities'), b * s * s, softmax)
      const pv = operation(place, ['pv', 'matmul', blocks(s, d, s)], [v, weighted])
      const context = datum(label('context'), b * s * d, pv)
      const outWeight = load(label('Wo'), copies * d * h)
      const out = operation(place, ['o', 'matmul', blocks(s, h, d)], [outWeight, context])
      outputs.push(out)
      const output = datum(label('output'), b * s * h, out)
      memoryHeads.push([...weights, q, k, v, scores, weighted, context, outWeight, output])
      computeHeads.push([...projections, qk, softmax, pv, out])
    }
    memory.push({ heads: memoryHeads })
    compute.push({ heads: computeHeads })

    const place = { layer, head: null }
    const label = (name: string) => `layer ${layer + 1} ${name}`
    const norm = operation(place, ['attention norm', 'layernorm', blocks(s, h)], [], outputs)
    const firstWeight = load(label('Wf1'), copies * h * f)
    const ffn1 = operation(place, ['ffn1', 'matmul', blocks(s, f, h)], [firstWeight], [norm])
    const inner = datum(label('ffn1'), b * s * f, ffn1)
    const gelu1 = operation(place, ['gelu1', 'gelu', blocks(s, geluTwice ? h : f)], [inner])
    const secondWeight = load(label('Wf2'), copies * f * h)
    const ffn2 = operation(place, ['ffn2', 'matmul', blocks(s, h, f)], [secondWeight], [gelu1])
    const outer = datum(label('ffn2'), b * s * h, ffn2)
    const gelu2 = geluTwice ? [operation(place, ['gelu2', 'gelu', blocks(s, f)], [outer])] : []
    const lastNorm = operation(place, ['output norm', 'layernorm', blocks(s, h)], [], [ffn2, ...gelu2])
    layerInput = [lastNorm]
    for (const single of [firstWeight, inner, secondWeight, outer]) memory.push({ heads: null, datum: single })
    compute.push({ heads: null, operations: [norm, ffn1, gelu1, ffn2, ...gelu2, lastNorm] })
  }
  return { data, operations, memory, compute, tiles, embedding }
}

/**
 * The work of a run whose matrices fill a tile at least, see {@link workGraph}.
 *
 * @throws {RangeError} on dimensions that cannot be, or a tile larger than a matrix
 */
export function encoderWork(run: AccelTranRun, tileSide: number, quirks: AccelTranQuirks = {}): WorkGraph {
  const dimensions = runDimensions(run)
  checkTiles(dimensions, tileSide)
  return workGraph(dimensions, tileSide, quirks)
}
