export {
  createLogHistogram,
  type HistogramCounts,
  LOG_HISTOGRAM_RESOLUTION,
  type LogHistogram,
} from './log-histogram.ts'
export { describeSource, type Quantity, type Source } from './quantity.ts'
export { createRng, type Rng, SEED_COUNT } from './rng.ts'
