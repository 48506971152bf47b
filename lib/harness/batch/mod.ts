export { discoverExperiments, loadExperiment, scriptPath, selectExperiments } from './discover.ts'
export { changedSince, type Fingerprint, fingerprints } from './fingerprint.ts'
export { describeSkipped, type ProgressStream, showProgress } from './progress.ts'
export {
  type BatchVerdict,
  checkBatch,
  type JudgedExperiment,
  judgeBatch,
  type ProjectState,
  reasonProblems,
  summarise,
} from './project.ts'
export { type BatchOptions, type BatchResult, runAll } from './run-all.ts'
export { lastSeconds } from './run-cache.ts'
export { IN_KIND_TITLE, scoreboard } from './scoreboard.ts'
