import type { Encoder } from './encoder.ts'
import type { Tensor } from './shape.ts'

/** Constants of Adam (Kingma and Ba, ICLR 2015), their defaults. */
const BETA_1 = 0.9
const BETA_2 = 0.999
const EPSILON = 1e-8

/** Parameters that lie side by side and learn at one rate. */
interface Range {
  readonly start: number
  readonly count: number
  readonly factor: number
}

/**
 * Adam on an encoder's parameters, after its gradients were clipped together to a norm. Its means lie in the encoder's
 * memory: a new optimiser begins them anew, so an encoder has one at a time.
 */
export class EncoderAdam {
  /** Names of the tensors that do not learn. */
  readonly frozen: ReadonlySet<string>
  private readonly encoder: Encoder
  private readonly clip: number
  private readonly ranges: readonly Range[]
  private readonly powers: [number, number] = [1, 1]

  /**
   * @param options.clip largest norm of all learning parameters' gradients together @default 1
   * @param options.factorOf a tensor's share of the learning rate, 0 where it does not learn @default 1 for all but the
   *   thresholds
   */
  constructor(
    encoder: Encoder,
    {
      clip = 1,
      factorOf = ({ name }) => (name === 'thresholds' ? 0 : 1),
    }: { readonly clip?: number; readonly factorOf?: (tensor: Tensor) => number } = {},
  ) {
    this.encoder = encoder
    this.clip = clip
    const { all, count } = encoder.tensors
    const ranges: Range[] = []
    for (const [i, tensor] of all.entries()) {
      const factor = factorOf(tensor)
      const end = all[i + 1]?.start ?? count
      const last = ranges.at(-1)
      if (last?.factor === factor) ranges.splice(-1, 1, { ...last, count: end - last.start })
      else ranges.push({ start: tensor.start, count: end - tensor.start, factor })
    }
    this.ranges = ranges.filter(({ factor }) => factor !== 0)
    this.frozen = new Set(all.filter((tensor) => factorOf(tensor) === 0).map(({ name }) => name))
    encoder.kernels.floats.fill(0, 2 * count, 4 * count)
  }

  /**
   * Moves the parameters against their gradients.
   *
   * @throws {RangeError} if those are not finite, as after too high a rate
   */
  step(rate: number): void {
    const { encoder, ranges, powers } = this
    const { kernels, tensors, gradients } = encoder
    const { count } = tensors
    let square = 0
    for (const range of ranges) {
      for (let i = range.start; i < range.start + range.count; i++) {
        square += (gradients[i] as number) * (gradients[i] as number)
      }
    }
    const norm = Math.sqrt(square)
    if (!Number.isFinite(norm)) throw new RangeError(`Cannot learn: gradients must be finite, got a norm of ${norm}`)
    if (norm > this.clip) kernels.scale(count, count, this.clip / norm)
    powers[0] *= BETA_1
    powers[1] *= BETA_2
    const correction = Math.sqrt(1 - powers[1]) / (1 - powers[0])
    for (const { start, count: own, factor } of ranges) {
      kernels.adam(
        ...([start, count + start, 2 * count + start, 3 * count + start, own] as const),
        ...([rate * factor * correction, BETA_1, BETA_2, EPSILON] as const),
      )
    }
  }
}
