import type { Rng } from '../../numeric/mod.ts'
import type { LayerChoice, SubNetwork } from './network.ts'

/** The choices an architecture search has. */
export interface ArchitectureSpace {
  /** Numbers of layers. */
  readonly layers: readonly number[]
  readonly heads: readonly number[]
  readonly hidden: readonly number[]
  readonly ffn: readonly number[]
}

/** Networks in a space: model dimension, and heads and FFN width per layer. */
export function architectureCount(space: ArchitectureSpace): number {
  const perLayer = space.heads.length * space.ffn.length
  return (
    space.hidden.length *
    space.layers.reduce((sum, count) => {
      let networks = 1
      for (let layer = 0; layer < count; layer++) networks *= perLayer
      return sum + networks
    }, 0)
  )
}

/**
 * Checks that a network lies in a space.
 *
 * @throws {RangeError} naming the first choice that does not
 */
export function checkArchitecture(network: SubNetwork, space: ArchitectureSpace): void {
  const check = (what: string, value: number, options: readonly number[]) => {
    if (!options.includes(value)) {
      throw new RangeError(`${what} must be one of ${options.join(', ')}, got ${value}`)
    }
  }
  check('layers', network.layers.length, space.layers)
  check('hidden', network.hidden, space.hidden)
  for (const { heads, ffn } of network.layers) {
    check('heads', heads, space.heads)
    check('ffn', ffn, space.ffn)
  }
}

const pick = <T>(options: readonly T[], rng: Rng): T => options[rng.integer(options.length)] as T

const randomLayer = (space: ArchitectureSpace, rng: Rng): LayerChoice => ({
  heads: pick(space.heads, rng),
  ffn: pick(space.ffn, rng),
})

/** A network drawn uniformly, choice by choice. */
export function randomArchitecture(space: ArchitectureSpace, rng: Rng): SubNetwork {
  const hidden = pick(space.hidden, rng)
  return { hidden, layers: Array.from({ length: pick(space.layers, rng) }, () => randomLayer(space, rng)) }
}

/** A copy in which each choice is drawn anew with the given probability; new layers are drawn, extra ones dropped. */
export function mutateArchitecture(
  network: SubNetwork,
  space: ArchitectureSpace,
  options: { readonly probability: number; readonly rng: Rng },
): SubNetwork {
  const { probability, rng } = options
  const redraw = <T>(value: T, choices: readonly T[]) => (rng.next() < probability ? pick(choices, rng) : value)
  const hidden = redraw(network.hidden, space.hidden)
  const count = redraw(network.layers.length, space.layers)
  const layers = Array.from({ length: count }, (_, index) => {
    const layer = network.layers[index]
    return layer
      ? { heads: redraw(layer.heads, space.heads), ffn: redraw(layer.ffn, space.ffn) }
      : randomLayer(space, rng)
  })
  return { hidden, layers }
}

/** A network with the two numbers that a search makes small. */
export interface Candidate {
  readonly network: SubNetwork
  readonly objectives: readonly [number, number]
}

/** The candidates that no other one is at least as good as in both objectives and better in one, by the first one. */
export function paretoFront(candidates: readonly Candidate[]): Candidate[] {
  const sorted = [...candidates].sort((a, b) => a.objectives[0] - b.objectives[0] || a.objectives[1] - b.objectives[1])
  let least = Number.POSITIVE_INFINITY
  return sorted.filter(({ objectives: [, second] }) => {
    const better = second < least
    if (better) least = second
    return better
  })
}

/** How an evolutionary search runs. */
export interface EvolutionOptions {
  readonly population: number
  readonly rounds: number
  readonly mutationProbability: number
  readonly rng: Rng
  /** Networks that are in the first population. */
  readonly start?: readonly SubNetwork[]
}

/**
 * An evolutionary search for the Pareto front of two objectives: each round keeps the networks on the front and fills
 * the population up with mutations of them. A front larger than half the population is thinned evenly.
 *
 * @returns the front of everything that was evaluated
 * @see survey Sec. 6.4.1
 */
export function evolve(
  space: ArchitectureSpace,
  evaluate: (network: SubNetwork) => readonly [number, number],
  options: EvolutionOptions,
): Candidate[] {
  const { population, rounds, mutationProbability, rng, start = [] } = options
  const seen = new Map<string, Candidate>()
  const candidate = (network: SubNetwork): Candidate => {
    const key = JSON.stringify(network)
    const found = seen.get(key) ?? { network, objectives: evaluate(network) }
    seen.set(key, found)
    return found
  }
  let current = [...start]
  while (current.length < population) current.push(randomArchitecture(space, rng))
  let front: Candidate[] = []
  for (let round = 0; round < rounds; round++) {
    front = paretoFront([...front, ...current.map(candidate)])
    // Half of the population at most, so that every round tries something new.
    const parents = thinFront(front, Math.max(1, Math.floor(population / 2)))
    current = []
    while (parents.length + current.length < population) {
      const parent = pick(parents, rng)
      current.push(mutateArchitecture(parent.network, space, { probability: mutationProbability, rng }))
    }
  }
  return paretoFront([...front, ...current.map(candidate)])
}

/** At most so many members of a front, evenly by rank, its ends among them. */
export function thinFront(front: readonly Candidate[], most: number): Candidate[] {
  if (front.length <= most) return [...front]
  return Array.from(
    { length: most },
    (_, i) => front[Math.round((i * (front.length - 1)) / Math.max(1, most - 1))] as Candidate,
  )
}
