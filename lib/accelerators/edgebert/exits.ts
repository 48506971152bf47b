import type { SentenceExit } from './sentence.ts'

/** Sentences that were predicted to exit at one layer and did at another. */
export interface ExitCount extends SentenceExit {
  readonly count: number
}

/** Entropies of a sentence after each layer, in nat; `count` sentences had them. */
export interface EntropyRow {
  readonly entropies: readonly number[]
  readonly count: number
}

/**
 * Conventional early exit (EdgeBERT Algorithm 1): the first layer whose entropy is below the threshold, else the last.
 *
 * @example
 * ```ts
 * import { earlyExitLayer } from '../../lib/accelerators/edgebert/mod.ts'
 *
 * earlyExitLayer([0.6, 0.3, 0.1], 0.4) // => 2
 * earlyExitLayer([0.6, 0.3, 0.1], 0.05) // => 3
 * ```
 */
export function earlyExitLayer(entropies: readonly number[], threshold: number): number {
  const first = entropies.findIndex((entropy) => entropy < threshold)
  return first < 0 ? entropies.length : first + 1
}

/** The exit predictor as a table: by entropy after layer 1, the entropies expected after layers 2 to the last but one. */
export interface ExitLookup {
  readonly layers: number
  readonly rows: readonly { readonly first: number; readonly expected: readonly number[] }[]
}

/** Deviations of the authors' release from Algorithm 2; none is on by default. */
export interface LookupQuirks {
  /**
   * The last layer but one is neither predicted nor assessed: a sentence predicted to exit there runs through all
   * layers (modeling_highway_albert.py adds 2 to the column's index, but only up to the last column but one).
   */
  readonly skipsLastButOne?: boolean
}

/**
 * Distils a lookup table from entropies: the mean of the later entropies over sentences whose first entropy falls into
 * the same bin. EdgeBERT distils a five-layer perceptron instead; this needs no training and sees its own sentences.
 *
 * @param binNat width of a bin
 * @throws {RangeError} if there are no sentences, or they have not all the same number of layers, at least 2
 */
export function distilLookup(sentences: readonly EntropyRow[], binNat: number): ExitLookup {
  const layers = sentences[0]?.entropies.length ?? 0
  if (layers < 2 || sentences.some(({ entropies }) => entropies.length !== layers)) {
    throw new RangeError(
      `Cannot distil a predictor: all sentences must have the same number of layers, at least 2, got ${layers}`,
    )
  }
  if (!(binNat > 0)) throw new RangeError(`Cannot distil a predictor: bins must be wider than 0, got ${binNat}`)
  const bins = new Map<number, { count: number; sums: number[] }>()
  for (const { entropies, count } of sentences) {
    if (!(count > 0)) throw new RangeError(`Cannot distil a predictor: counts must be above 0, got ${count}`)
    const index = Math.round((entropies[0] as number) / binNat)
    const bin = bins.get(index) ?? { count: 0, sums: Array.from({ length: layers - 2 }, () => 0) }
    bin.count += count
    bin.sums = bin.sums.map((sum, k) => sum + count * (entropies[k + 1] as number))
    bins.set(index, bin)
  }
  const rows = [...bins]
    .sort(([a], [b]) => a - b)
    .map(([index, { count, sums }]) => ({ first: index * binNat, expected: sums.map((sum) => sum / count) }))
  return { layers, rows }
}

/**
 * The layer a table predicts: 1 if the first entropy is below the threshold, else the first layer whose expected
 * entropy is, in the row nearest to the first entropy (the lower one of two as near), else the last.
 */
export function predictExit(
  lookup: ExitLookup,
  first: number,
  threshold: number,
  { skipsLastButOne = false }: LookupQuirks = {},
): number {
  if (first < threshold) return 1
  let nearest = lookup.rows[0]
  for (const row of lookup.rows) {
    if (nearest && Math.abs(row.first - first) < Math.abs(nearest.first - first)) nearest = row
  }
  const column = nearest?.expected.findIndex((entropy) => entropy < threshold) ?? -1
  const predicted = column < 0 ? lookup.layers : column + 2
  return skipsLastButOne && predicted === lookup.layers - 1 ? lookup.layers : predicted
}

/**
 * Predicted and actual exits of sentences under latency-aware inference (EdgeBERT Algorithm 2), counted.
 *
 * @returns counts by rising predicted, then actual exit
 */
export function latencyAwareExits(
  sentences: readonly EntropyRow[],
  lookup: ExitLookup,
  { threshold, quirks = {} }: { readonly threshold: number; readonly quirks?: LookupQuirks },
): ExitCount[] {
  const counts = new Map<string, { predicted: number; actual: number; count: number }>()
  for (const { entropies, count } of sentences) {
    const predicted = predictExit(lookup, entropies[0] as number, threshold, quirks)
    const assessed = quirks.skipsLastButOne ? Math.min(predicted, lookup.layers - 2) : predicted
    const own = entropies.slice(0, assessed).findIndex((entropy) => entropy < threshold)
    const actual = own < 0 ? predicted : own + 1
    const key = `${predicted},${actual}`
    const entry = counts.get(key) ?? { predicted, actual, count: 0 }
    entry.count += count
    counts.set(key, entry)
  }
  return [...counts.values()].sort((a, b) => a.predicted - b.predicted || a.actual - b.actual)
}
