import type { BatchResult } from './run-all.ts'

/** Where progress is shown: a terminal gets a live bar, anything else a line an experiment. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const BAR_WIDTH = 24

/**
 * Shows a batch's progress.
 *
 * @param why say of each experiment why it ran or was skipped
 * @returns a callback for each result
 */
export function showProgress(stream: ProgressStream, total: number, why: boolean): (result: BatchResult) => void {
  let done = 0
  return (result) => {
    done += 1
    const state = result.error !== null ? 'FAILED' : result.skipped ? 'unchanged' : `${result.seconds.toFixed(2)} s`
    const line = `${String(done).padStart(String(total).length)}/${total} ${result.id}  ${state}${why ? `  (${result.why})` : ''}`
    if (!stream.isTTY || why) {
      stream.write(`${line}\n`)
      return
    }
    const filled = Math.round((BAR_WIDTH * done) / total)
    const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${line}`
    stream.write(`\r\u001b[K${bar.slice(0, (stream.columns || 80) - 1)}${done === total ? '\n' : ''}`)
  }
}
