import { type SampleOptions, type SearchTarget, type StudyPart, sampleMapSpace } from '../../lib/mapping/mod.ts'

/** A thread's share of a study. */
export interface PartTask {
  readonly target: SearchTarget
  readonly options: SampleOptions
}

/** Samples one part and gives back plain data. */
export default function samplePart({ target, options }: PartTask): StudyPart {
  const study = sampleMapSpace(target, options)
  const edp = Object.fromEntries(
    Object.entries(study.edp).map(([name, { count, min, max, bins }]) => [name, { count, min, max, bins }]),
  )
  return { ...study, edp }
}
