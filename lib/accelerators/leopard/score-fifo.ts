/** The FIFO of surviving scores and the value-processing unit behind it. */
export interface ScoreFifo {
  /**
   * Takes a score that a unit holds since `ready`; calls must come in the order of these times.
   *
   * @returns when the score got into the FIFO
   */
  push(ready: number): number
  /** When the last score so far is served; 0 before the first. */
  doneAt(): number
  /** Most scores that waited at the same time. */
  peak(): number
}

/**
 * A FIFO served in order: a score is taken out when the one before it has been served, and its place is free from then
 * on. Places freed and scores pushed at the same time do not get in each other's way.
 *
 * @param depth scores that can wait, 1 or more
 * @param serviceCycles of each
 */
export function createScoreFifo(depth: number, serviceCycles: number): ScoreFifo {
  /** When each of the last `depth` scores was taken out. */
  const taken = new Float64Array(depth)
  let pushed = 0
  let gone = 0
  let last = Number.NEGATIVE_INFINITY
  let peak = 0
  return {
    push(ready) {
      const slot = pushed % depth
      const at = pushed < depth ? ready : Math.max(ready, taken[slot] as number)
      while (gone < pushed && (taken[gone % depth] as number) <= at) gone += 1
      last = Math.max(at, last + serviceCycles)
      taken[slot] = last
      pushed += 1
      if (last === at) gone = pushed
      peak = Math.max(peak, pushed - gone)
      return at
    },
    doneAt: () => (pushed > 0 ? last + serviceCycles : 0),
    peak: () => peak,
  }
}
