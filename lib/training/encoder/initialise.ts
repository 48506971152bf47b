import { normalSample, type Rng } from '../../numeric/mod.ts'
import type { Encoder } from './encoder.ts'

/** How an encoder's first weights are drawn. */
export interface Initialisation {
  /** Standard deviation of the embeddings of words, and of the segments'. */
  readonly words: number
  /** Standard deviation of the embeddings of positions. */
  readonly positions: number
  /** Matrices have one over the root of their rows; those that lead back into the residual path this many times that. */
  readonly residual: number
  /** Standard deviation of the adapters' matrices; small ones begin near the identity. */
  readonly adapters: number
  /** Tokens each head sees at first. @default the positions: all */
  readonly span?: number
}

/** Gives an encoder its first weights: norms to identity, biases and thresholds to 0. */
export function initialise(encoder: Encoder, rng: Rng, options: Initialisation): void {
  const { tensors, values, shape } = encoder
  values.fill(0)
  for (const { name, start, rows, columns } of tensors.all) {
    const deviation = deviationOf(name, rows, options)
    if (deviation > 0) {
      for (let i = start; i < start + rows * columns; i++) values[i] = deviation * normalSample(rng)
    }
  }
  for (const { start, columns } of tensors.all.filter(({ name }) => isGain(name)))
    values.fill(1, start, start + columns)
  for (const { spans } of tensors.blocks) {
    if (spans) values.fill(options.span ?? shape.positions, spans.start, spans.start + shape.heads)
  }
}

const isGain = (name: string): boolean => /gain\d?$/i.test(name)

function deviationOf(name: string, rows: number, options: Initialisation): number {
  const part = name.slice(name.indexOf('.') + 1)
  if (part === 'words' || part === 'segments') return options.words
  if (part === 'positions') return options.positions
  if (part === 'up' || part === 'down') return options.adapters
  const wide = 1 / Math.sqrt(rows)
  if (part === 'attended' || part === 'outer') return options.residual * wide
  return ['qkv', 'inner', 'projection'].includes(part) ? wide : 0
}

/**
 * Draws an encoder's adapters and classifiers anew, as for a new task on an old backbone: classifiers 0, adapters near
 * the identity.
 */
export function initialiseTask(encoder: Encoder, rng: Rng, { adapters }: Pick<Initialisation, 'adapters'>): void {
  const { tensors, values } = encoder
  for (const { name, start, rows, columns } of tensors.all) {
    if (!/^ramp|Adapter\./.test(name)) continue
    values.fill(0, start, start + rows * columns)
    if (!/\.(up|down)$/.test(name)) continue
    for (let i = start; i < start + rows * columns; i++) values[i] = adapters * normalSample(rng)
  }
}

/**
 * Copies the parameters two encoders have in common, by name.
 *
 * @throws {RangeError} if a tensor's size differs
 */
export function copyParameters(from: Encoder, to: Encoder): void {
  for (const tensor of from.tensors.all) {
    const target = to.tensors.all.find(({ name }) => name === tensor.name)
    if (!target) continue
    if (target.rows !== tensor.rows || target.columns !== tensor.columns) {
      throw new RangeError(
        `Cannot copy ${tensor.name}: it must be ${target.rows} x ${target.columns}, got ${tensor.rows} x ${tensor.columns}`,
      )
    }
    to.view(target).set(from.view(tensor))
  }
}
