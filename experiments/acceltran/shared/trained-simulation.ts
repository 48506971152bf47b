import {
  type AccelTran,
  type AccelTranRun,
  batchEnergy,
  type Datum,
  type Operation,
  type Sparsity,
  simulate,
} from '../../../lib/accelerators/acceltran/mod.ts'
import type { Encoder, Tensor } from '../../../lib/training/mod.ts'
import type { Counted, Measurement, Operand } from './trained-measure.ts'
import { sparsityElsewhere } from './trained-operands.ts'
import { PRODUCTS, type Product } from './trained-products.ts'

/**
 * How measured sparsities are given to the simulator: one share for all activations and one for all weights, as the
 * paper does; each product its own, the rest as before; each operation and each stored matrix its own, so that softmax
 * and norms, whose inputs nothing prunes, skip nothing; and the same with pairs skipped whose weight is zero, too.
 */
export const ACCOUNTINGS = ['one sparsity', 'by product', 'by operation', 'weights too'] as const
export type Accounting = (typeof ACCOUNTINGS)[number]

/** Matrices of weights by the simulator's names. */
const LOADED = ['Wq', 'Wk', 'Wv', 'Wo', 'Wf1', 'Wf2'] as const
type Loaded = (typeof LOADED)[number]

/** Shares of zeros and of work saved of a network under pruning, over all of its layers. */
export interface MeasuredShares {
  readonly operands: Readonly<Record<Operand, Counted>>
  /** Zeros among the layers' weights. */
  readonly weights: number
  readonly loaded: Readonly<Record<Loaded, number>>
  /** Multiplications that zeros save. */
  readonly saved: Readonly<Record<Product, { readonly activations: number; readonly both: number }>>
}

/**
 * Shares that the simulator is given.
 *
 * @throws {TypeError} if products were not counted
 */
export function sharesOf(encoder: Encoder, { operands, products }: Measurement): MeasuredShares {
  if (!products) throw new TypeError('Cannot take shares: products must be counted, got none')
  const { blocks } = encoder.tensors
  const layers = new Set(blocks)
  const zerosIn = (of: (block: (typeof blocks)[number]) => Tensor, part = 0, parts = 1) => {
    let [zeros, elements] = [0, 0]
    for (const block of layers) {
      const tensor = of(block)
      const width = tensor.columns / parts
      const values = encoder.view(tensor)
      elements += tensor.rows * width
      for (let from = part * width; from < values.length; from += tensor.columns) {
        for (let i = from; i < from + width; i++) zeros += Number(values[i] === 0)
      }
    }
    return { zeros, elements }
  }
  const counted: Readonly<Record<Loaded, Counted>> = {
    Wq: zerosIn((block) => block.qkv, 0, 3),
    Wk: zerosIn((block) => block.qkv, 1, 3),
    Wv: zerosIn((block) => block.qkv, 2, 3),
    Wo: zerosIn((block) => block.attended),
    Wf1: zerosIn((block) => block.inner),
    Wf2: zerosIn((block) => block.outer),
  }
  const share = (own: Counted) => own.zeros / own.elements
  const all = Object.values(counted).reduce((sum, own) => ({
    zeros: sum.zeros + own.zeros,
    elements: sum.elements + own.elements,
  }))
  return {
    operands,
    weights: share(all),
    loaded: Object.fromEntries(LOADED.map((name) => [name, share(counted[name])])) as MeasuredShares['loaded'],
    saved: Object.fromEntries(
      PRODUCTS.map((product) => {
        const { all: multiplications, activations, both } = products[product]
        return [product, { activations: 1 - activations / multiplications, both: 1 - both / multiplications }]
      }),
    ) as MeasuredShares['saved'],
  }
}

/** Stored matrices that are operands, by the operation that makes them; scores and what goes to a norm stay dense. */
const STORED: Readonly<Record<string, Operand>> = {
  q: 'queries',
  k: 'keys',
  v: 'values',
  softmax: 'probabilities',
  pv: 'contexts',
  // GELU stands at the output of the MAC units, so what is stored is behind it.
  ffn1: 'inner',
}

/** What the simulator is given of measured shares. */
export function sparsityFor(shares: MeasuredShares, run: AccelTranRun, accounting: Accounting): Sparsity {
  const activations = sparsityElsewhere(shares.operands, run.shape, run.sequence)
  const one = { activations, weights: shares.weights }
  if (accounting === 'one sparsity') return one
  const which = accounting === 'weights too' ? 'both' : 'activations'
  const rest = accounting === 'by product' ? activations : 0
  const savedIn = ({ name }: Operation) => shares.saved[name as Product]?.[which] ?? rest
  if (accounting === 'by product') return { ...one, savedIn }
  const zerosIn = ({ name, producer }: Datum) => {
    // Ours are dense, but those of BERT-Tiny fit into no buffer unless they are as sparse as the paper takes them to be.
    if (!producer) return shares.loaded[name.slice(name.lastIndexOf(' ') + 1) as Loaded] ?? shares.weights
    const operand = STORED[producer.name]
    return operand ? shares.operands[operand].zeros / shares.operands[operand].elements : 0
  }
  return { ...one, savedIn, zerosIn }
}

/** Simulates a batch at measured shares. */
export function simulateMeasured(
  shares: MeasuredShares,
  { run, machine }: { readonly run: AccelTranRun; readonly machine: AccelTran },
  accounting: Accounting,
) {
  const sparsity = sparsityFor(shares, run, accounting)
  const simulation = simulate(run, { machine, sparsity })
  const { totalNj } = batchEnergy(simulation, machine)
  const computeCycles = simulation.cycles - simulation.embeddingCycles
  return {
    activations: sparsity.activations,
    cycles: simulation.cycles,
    computeCycles,
    sequencesPerSecond: (run.batch * machine.clockMhz * 1e6) / computeCycles,
    energyUj: totalNj / 1000,
  }
}
