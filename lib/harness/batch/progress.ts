import process from 'node:process'
import { secondsText } from '../format.ts'
import { type Environment, paint, type TextStream, terminalOf } from '../terminal.ts'
import { cutText } from '../text-width.ts'
import type { BatchResult } from './run-all.ts'

/** Where progress is shown: a terminal gets a live bar, anything else a line an experiment. */
export interface ProgressStream extends TextStream {
  /** @default the variables of this program */
  readonly environment?: Environment
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
  const { environment = process.env } = stream
  const terminal = terminalOf(stream, environment)
  const live = stream.isTTY === true && environment['TERM'] !== 'dumb' && !why
  let done = 0
  return (result) => {
    done += 1
    const state = result.error !== null ? 'FAILED' : result.skipped ? 'unchanged' : `${secondsText(result.seconds)} s`
    const head = `${String(done).padStart(String(total).length)}/${total} ${result.id}  `
    const paintState = (text: string) => (result.error === null ? text : paint(text, ['red', 'bold'], terminal))
    if (!live) {
      stream.write(`${head}${paintState(state)}${why ? `  (${result.why})` : ''}\n`)
      return
    }
    const filled = Math.round((BAR_WIDTH * done) / total)
    const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${head}`
    const line = cutText(`${bar}${state}`, (stream.columns || 80) - 1)
    // What is cut is never coloured: a code without its end would colour all that follows.
    const shown = line.endsWith(state) ? `${line.slice(0, -state.length)}${paintState(state)}` : line
    stream.write(`\r\u001b[K${shown}${done === total ? '\n' : ''}`)
  }
}

/**
 * Says in one line that experiments were skipped, and why.
 *
 * @param why the reasons were listed already
 * @returns null if none was
 */
export function describeSkipped(results: readonly BatchResult[], why: boolean): string | null {
  const skipped = results.filter((result) => result.skipped).length
  if (skipped === 0) return null
  const which = skipped === 1 ? 'are those of its last run' : 'are those of their last run'
  const flags = why ? '--force runs them' : '--force runs them, --why lists them'
  return `${skipped} skipped: code, packages and Node.js ${process.version} ${which} (${flags})`
}
