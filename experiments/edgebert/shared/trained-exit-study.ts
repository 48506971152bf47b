import { mean } from '../../../lib/numeric/mod.ts'
import type { EncodedSentences } from '../../../lib/training/mod.ts'
import {
  accuracyOfEnded,
  chooseThreshold,
  type Ended,
  endAll,
  fullAccuracy,
  METHODS,
  type Method,
  thresholdGrid,
} from './trained-exit-choice.ts'
import { type ExitNetwork, type RampedSentence, rampsOf } from './trained-exits.ts'

/** A network on the sentences to choose by and on those to measure. */
export interface JudgedNetwork {
  readonly network: ExitNetwork
  readonly dev: readonly RampedSentence[]
  readonly test: readonly RampedSentence[]
}

/** Runs a network on both parts. */
export function judgeNetwork(
  network: ExitNetwork,
  { dev, test }: { readonly dev: EncodedSentences; readonly test: EncodedSentences },
): JudgedNetwork {
  return { network, dev: rampsOf(network, dev), test: rampsOf(network, test) }
}

/** Sentences of the test part under the threshold that an accuracy drop on the dev part allows. */
export interface Operated {
  readonly threshold: number
  readonly ended: readonly Ended[]
}

/** Chooses a threshold on the dev part and runs the test part under it. */
export function operate(
  { network, dev, test }: JudgedNetwork,
  method: Method,
  { dropPercent, thresholdStep }: { readonly dropPercent: number; readonly thresholdStep: number },
): Operated {
  const lookup = method === 'latency-aware' ? network.lookup : undefined
  const grid = thresholdGrid(thresholdStep, network.encoder.shape.classes)
  const threshold = chooseThreshold(dev, { drop: dropPercent / 100, grid, lookup })
  return { threshold, ended: endAll(test, threshold, lookup) }
}

const share = (ended: readonly Ended[], of: (own: Ended) => boolean) => mean(ended.map((own) => (of(own) ? 1 : 0)))

/** Rows of Table 3: a network under both methods at every accuracy drop, and by level. */
export function exitRows(
  judged: JudgedNetwork,
  options: { readonly dropPercents: readonly number[]; readonly thresholdStep: number },
) {
  const { seed, encoder } = judged.network
  const full = fullAccuracy(judged.test)
  const operated = METHODS.flatMap((method) =>
    options.dropPercents.map((dropPercent) => ({
      method,
      dropPercent,
      ...operate(judged, method, { dropPercent, thresholdStep: options.thresholdStep }),
    })),
  )
  const levels = [...new Set(judged.test.map(({ level }) => level))].sort((a, b) => a - b)
  return {
    exits: operated.map(({ method, dropPercent, threshold, ended }) => ({
      ...{ seed, method, dropPercent, threshold },
      exit: mean(ended.map(({ predicted }) => predicted)),
      actualExit: mean(ended.map(({ actual }) => actual)),
      accuracy: 100 * accuracyOfEnded(ended),
      difference: 100 * (accuracyOfEnded(ended) - full),
      firstLayerPercent: 100 * share(ended, ({ actual }) => actual === 1),
      lastLayerPercent: 100 * share(ended, ({ actual }) => actual === encoder.shape.layers),
    })),
    levels: operated.flatMap(({ method, dropPercent, ended }) =>
      levels.map((level) => {
        const own = ended.filter(({ sentence }) => sentence.level === level)
        return {
          ...{ seed, method, dropPercent, level, sentences: own.length },
          actualExit: mean(own.map(({ actual }) => actual)),
          accuracy: 100 * accuracyOfEnded(own),
          fullAccuracy: 100 * fullAccuracy(own.map(({ sentence }) => sentence)),
        }
      }),
    ),
    ramps: Array.from({ length: encoder.shape.layers }, (_, i) => ({
      seed,
      layer: i + 1,
      accuracy: 100 * mean(judged.test.map(({ right }) => (right[i] ? 1 : 0))),
      entropy: mean(judged.test.map(({ entropies }) => entropies[i] as number)),
    })),
  }
}
