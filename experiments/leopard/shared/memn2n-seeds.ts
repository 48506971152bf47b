// Written by `scripts/train.ts --seed N --store`; do not edit.
import type { SeedRun } from './stored-task.ts'

export const SEED_RUNS: readonly SeedRun[] = [
  {"seed":2,"basePercent":87.995,"accuracyPercent":87.41,"prunedPercent":62.216121426535686,"bitsOnPruned":4.350388398271711,"paddedPercent":86.86553333333335,"paddedBitsOnPruned":5.13394535311326},
  {"seed":3,"basePercent":87.46,"accuracyPercent":87.79999999999998,"prunedPercent":62.068390199498275,"bitsOnPruned":4.194941964520395,"paddedPercent":88.28733333333332,"paddedBitsOnPruned":5.0910236273118255},
]
