import type { Quantity } from '../../../lib/numeric/mod.ts'

/**
 * The curves of Figs. 11, 12 and 14 as the authors published them: markers of the vector figures
 * acc_thresh_sp.pdf, acc_sp_dyna-vs-topk.pdf and acc_net-sp.pdf (jha-lab/acceltran, pruning/figures), whose legend says
 * BP where the paper says MP. Fig. 12 draws the points of Fig. 11 against each other.
 */
export const CURVE_PRECISION: Quantity = {
  value: 0.01,
  unit: '% points',
  source: { kind: 'public', which: 'jha-lab/acceltran, pruning/figures: marker positions, plus or minus' },
}

/** A point of a curve: what was set, and what came of it. */
export interface CurvePoint {
  /** tau for DynaTran, k for top-k. */
  readonly setting: number
  readonly accuracyPercent: number
  readonly sparsityPercent: number
}

export const METHODS = ['DynaTran', 'top-k'] as const
export type Method = (typeof METHODS)[number]

/** Whether the weights were pruned by movement pruning (MP) before. */
export const WEIGHTS = ['without MP', 'with MP'] as const
export type Weights = (typeof WEIGHTS)[number]

type FigureRow = readonly [
  setting: number,
  accuracyWithoutMp: number,
  accuracyWithMp: number,
  sparsityWithoutMp: number,
  sparsityWithMp: number,
]

/** Fig. 11a: tau; accuracy and net activation sparsity in %, BERT-Base on SST-2. */
const FIG_11A: readonly FigureRow[] = [
  [0, 93.005, 90.711, 0, 0],
  [0.005, 93.119, 90.94, 30.326, 39.925],
  [0.01, 93.349, 91.284, 30.878, 40.71],
  [0.015, 93.578, 91.284, 31.371, 41.486],
  [0.02, 93.463, 91.514, 31.835, 42.323],
  [0.025, 93.463, 91.284, 32.279, 43.232],
  [0.03, 93.578, 90.94, 32.71, 44.178],
  [0.035, 93.349, 91.055, 33.13, 45.11],
  [0.04, 93.807, 91.055, 33.546, 46.012],
  [0.045, 93.693, 90.482, 33.959, 46.876],
  [0.05, 93.349, 90.252, 34.367, 47.69],
  [0.055, 92.89, 90.252, 34.769, 48.453],
  [0.06, 93.349, 90.023, 35.155, 49.187],
  [0.065, 92.546, 89.908, 35.533, 49.875],
  [0.07, 92.661, 89.794, 35.91, 50.518],
  [0.075, 92.202, 89.564, 36.273, 51.123],
  [0.08, 92.202, 88.991, 36.631, 51.684],
  [0.085, 91.514, 88.876, 36.975, 52.205],
  [0.09, 91.17, 88.303, 37.318, 52.699],
  [0.095, 91.17, 87.5, 37.651, 53.152],
]

/** Fig. 11b: k; likewise. */
const FIG_11B: readonly FigureRow[] = [
  [1, 50.917, 50.917, 34.616, 42.607],
  [2, 83.143, 84.977, 30.709, 39.943],
  [4, 92.317, 90.138, 30.589, 39.856],
  [8, 93.12, 90.482, 30.349, 39.683],
  [16, 93.349, 91.17, 29.909, 39.364],
  [32, 93.005, 90.826, 29.382, 38.974],
  [64, 93.005, 90.711, 29.257, 38.876],
  [128, 93.005, 90.711, 29.257, 38.876],
  [256, 93.005, 90.711, 29.257, 38.876],
  [512, 93.005, 90.711, 0, 0],
]

/** Every point of Fig. 11, in rising order of what was set. */
export function fig11Curve(method: Method, weights: Weights): CurvePoint[] {
  const at = WEIGHTS.indexOf(weights)
  return (method === 'DynaTran' ? FIG_11A : FIG_11B).map((row) => ({
    setting: row[0],
    accuracyPercent: row[1 + at] as number,
    sparsityPercent: row[3 + at] as number,
  }))
}

/** What the curves end in where nothing is pruned: tau 0, or k as long as a row. Its sparsity is plotted as 0. */
export function unprunedPoint(method: Method, weights: Weights): CurvePoint {
  const curve = fig11Curve(method, weights)
  return (method === 'DynaTran' ? curve[0] : curve.at(-1)) as CurvePoint
}

/** The points of Fig. 12: without the unpruned one, and without k = 1, whose accuracy is that of guessing. */
export function fig12Curve(method: Method, weights: Weights): CurvePoint[] {
  const unpruned = unprunedPoint(method, weights).setting
  return fig11Curve(method, weights).filter(
    ({ setting }) => setting !== unpruned && (method === 'DynaTran' || setting > 1),
  )
}

/** A curve of Fig. 14; its points are those of tau from 0.005 to 0.095 in steps of 0.005. */
export interface NetSparsityCurve {
  readonly netSparsityPercent: readonly number[]
  /** Accuracy on SST-2, F1 on SQuAD-v2. */
  readonly scorePercent: readonly number[]
}

/** A model and task of Fig. 14, with the weights as they are and pruned by a fixed threshold (WP). */
export interface WeightPruningPanel {
  readonly task: string
  readonly model: string
  readonly weightThresholdTau: number
  readonly without: NetSparsityCurve
  readonly pruned: NetSparsityCurve
}

/** Fig. 14. */
export const FIG_14: readonly WeightPruningPanel[] = [
  {
    task: 'SST-2',
    model: 'BERT-Base',
    weightThresholdTau: 0.025,
    without: {
      netSparsityPercent: [
        30.326, 30.878, 31.371, 31.835, 32.279, 32.71, 33.129, 33.546, 33.959, 34.367, 34.768, 35.155, 35.532, 35.91,
        36.273, 36.63, 36.975, 37.318, 37.651,
      ],
      scorePercent: [
        93.12, 93.349, 93.578, 93.464, 93.464, 93.578, 93.349, 93.808, 93.693, 93.349, 92.89, 93.349, 92.546, 92.661,
        92.202, 92.202, 91.514, 91.17, 91.17,
      ],
    },
    pruned: {
      netSparsityPercent: [
        29.935, 30.33, 30.699, 31.05, 31.384, 31.704, 32.016, 32.325, 32.637, 32.95, 33.271, 33.598, 33.937, 34.279,
        34.623, 34.97, 35.321, 35.661, 36.001,
      ],
      scorePercent: [
        91.721, 91.606, 91.606, 91.376, 91.491, 91.262, 91.376, 91.147, 90.803, 90.23, 89.198, 87.707, 86.675, 84.496,
        82.087, 78.762, 76.583, 74.633, 72.11,
      ],
    },
  },
  {
    task: 'SST-2',
    model: 'BERT-Tiny',
    weightThresholdTau: 0.075,
    without: {
      netSparsityPercent: [
        29.849, 30.243, 30.578, 30.87, 31.14, 31.392, 31.634, 31.87, 32.103, 32.336, 32.57, 32.803, 33.041, 33.289,
        33.54, 33.796, 34.06, 34.328, 34.594,
      ],
      scorePercent: [
        83.028, 82.225, 82.913, 82.454, 82.569, 81.996, 81.996, 81.537, 81.537, 80.849, 81.078, 80.734, 81.193, 80.619,
        79.587, 79.358, 79.931, 79.014, 78.211,
      ],
    },
    pruned: {
      netSparsityPercent: [
        29.935, 30.33, 30.699, 31.05, 31.384, 31.704, 32.016, 32.325, 32.637, 32.95, 33.271, 33.598, 33.937, 34.279,
        34.623, 34.97, 35.321, 35.661, 36.001,
      ],
      scorePercent: [
        79.473, 79.817, 79.817, 80.161, 79.243, 78.785, 78.097, 77.752, 77.867, 75.344, 73.165, 71.789, 70.986, 70.298,
        69.266, 68.578, 66.628, 65.482, 64.564,
      ],
    },
  },
  {
    task: 'SQuAD-v2',
    model: 'BERT-Base',
    weightThresholdTau: 0.025,
    without: {
      netSparsityPercent: [
        26.016, 27.276, 28.094, 28.803, 29.469, 30.107, 30.714, 31.295, 31.85, 32.376, 32.872, 33.343, 33.795, 34.226,
        34.633, 35.017, 35.38, 35.729, 36.059,
      ],
      scorePercent: [
        77.879, 76.747, 75.059, 72.237, 68.457, 64.405, 59.96, 55.157, 50.797, 46.634, 43.011, 40.103, 36.946, 34.529,
        32.637, 31.03, 29.586, 28.685, 27.214,
      ],
    },
    pruned: {
      netSparsityPercent: [
        25.869, 27.529, 28.647, 29.625, 30.519, 31.341, 32.098, 32.789, 33.42, 34, 34.545, 35.039, 35.502, 35.922,
        36.307, 36.668, 37.003, 37.311, 37.602,
      ],
      scorePercent: [
        46.453, 39.991, 35.904, 32.391, 28.991, 26.34, 24.21, 22.513, 20.993, 19.83, 18.919, 18.076, 17.071, 16.587,
        15.903, 15.468, 14.89, 14.4, 13.962,
      ],
    },
  },
  {
    task: 'SQuAD-v2',
    model: 'BERT-Tiny',
    weightThresholdTau: 0.075,
    without: {
      netSparsityPercent: [
        25.212, 26.704, 27.398, 27.949, 28.453, 28.902, 29.297, 29.646, 29.966, 30.315, 30.613, 30.923, 31.294, 31.591,
        31.882, 32.199, 32.51, 32.775, 33.103,
      ],
      scorePercent: [
        49.618, 46.296, 40.867, 37.505, 37.3, 38.525, 40.238, 41.705, 42.911, 44.028, 44.67, 45.42, 45.849, 46.233,
        46.505, 46.559, 46.737, 47.021, 47.022,
      ],
    },
    pruned: {
      netSparsityPercent: [
        25.162, 27.101, 28.007, 28.742, 29.478, 30.11, 30.678, 31.107, 31.452, 31.792, 32.157, 32.494, 32.755, 33.068,
        33.353, 33.675, 34.015, 34.244, 34.541,
      ],
      scorePercent: [
        43.863, 37.337, 34.083, 29.824, 28.738, 29.719, 31.486, 31.941, 32.39, 33.386, 33.248, 34.103, 33.515, 33.277,
        33.285, 32.581, 33.064, 32.085, 31.462,
      ],
    },
  },
]
