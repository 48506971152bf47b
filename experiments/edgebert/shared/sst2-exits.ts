import type { ExitCount } from '../../../lib/accelerators/edgebert/mod.ts'
import type { Source } from '../../../lib/numeric/mod.ts'

/** Where the exits of the SST-2 sentences come from. */
export const SST2_EXITS_SOURCE: Source = {
  kind: 'public',
  which:
    'harvard-acc/EdgeBERT 1249ed7 sw/Entropy_LUT: dataset_sst2_eval.txt (872 sentences, 12 entropies each) under the predictor of sst2_lookup_table_opt.csv and the exit rule of modeling_highway_albert.py, counted',
}

/** Sentences of the evaluation set. */
export const SST2_SENTENCES = 872

/** Exits of conventional early exit by entropy threshold (nat); a prediction that always holds. */
export const SST2_EARLY_EXITS: readonly { readonly threshold: number; readonly exits: readonly ExitCount[] }[] = [
  { threshold: 0.23, exits: byLayer([115, 175, 116, 144, 116, 70, 33, 15, 13, 3, 4, 68]) },
  { threshold: 0.28, exits: byLayer([153, 177, 128, 136, 105, 58, 31, 18, 5, 3, 3, 55]) },
  { threshold: 0.46, exits: byLayer([323, 205, 104, 100, 70, 30, 14, 6, 1, 1, 3, 15]) },
]

/** Sentences by exit layer, from 1 on. */
function byLayer(counts: readonly number[]): ExitCount[] {
  return counts.map((count, i) => ({ predicted: i + 1, actual: i + 1, count }))
}

// predicted, actual, sentences
const exits = (rows: readonly (readonly [number, number, number])[]): ExitCount[] =>
  rows.map(([predicted, actual, count]) => ({ predicted, actual, count }))

/** Predicted and actual exits of latency-aware inference by entropy threshold (nat). */
export const SST2_LATENCY_AWARE_EXITS: readonly { readonly threshold: number; readonly exits: readonly ExitCount[] }[] =
  [
    {
      threshold: 0.09,
      exits: exits([
        [1, 1, 26],
        [2, 2, 7],
        [3, 2, 9],
        [3, 3, 9],
        [4, 2, 26],
        [4, 3, 16],
        [4, 4, 20],
        [5, 2, 20],
        [5, 3, 7],
        [5, 4, 15],
        [5, 5, 20],
        [6, 2, 22],
        [6, 3, 10],
        [6, 4, 17],
        [6, 5, 11],
        [6, 6, 31],
        [7, 2, 12],
        [7, 3, 27],
        [7, 4, 44],
        [7, 5, 34],
        [7, 6, 31],
        [7, 7, 64],
        [8, 2, 3],
        [8, 3, 8],
        [8, 4, 19],
        [8, 5, 26],
        [8, 6, 19],
        [8, 7, 15],
        [8, 8, 50],
        [9, 4, 4],
        [9, 5, 3],
        [9, 6, 4],
        [9, 7, 3],
        [9, 8, 1],
        [9, 9, 7],
        [12, 2, 2],
        [12, 3, 17],
        [12, 4, 38],
        [12, 5, 51],
        [12, 6, 34],
        [12, 7, 15],
        [12, 8, 4],
        [12, 9, 4],
        [12, 10, 9],
        [12, 12, 58],
      ]),
    },
    {
      threshold: 0.16,
      exits: exits([
        [1, 1, 67],
        [2, 2, 40],
        [3, 2, 25],
        [3, 3, 11],
        [4, 2, 39],
        [4, 3, 11],
        [4, 4, 20],
        [5, 2, 51],
        [5, 3, 29],
        [5, 4, 47],
        [5, 5, 79],
        [6, 2, 21],
        [6, 3, 55],
        [6, 4, 91],
        [6, 5, 82],
        [6, 6, 204],
      ]),
    },
    {
      threshold: 0.28,
      exits: exits([
        [1, 1, 153],
        [2, 2, 49],
        [3, 2, 41],
        [3, 3, 33],
        [4, 2, 70],
        [4, 3, 49],
        [4, 4, 150],
        [5, 2, 31],
        [5, 3, 64],
        [5, 4, 72],
        [5, 5, 160],
      ]),
    },
  ]
