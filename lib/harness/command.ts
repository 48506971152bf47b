import process from 'node:process'

/** Exit codes: all good, a comparison failed, the harness or the input is broken. */
export const EXIT = { good: 0, failed: 1, broken: 2 } as const

/** {@link EXIT} as the last line of a help text. */
export const EXIT_HELP = 'Exit code: 0 all good, 1 a comparison failed, 2 the input or the harness is broken.'

/** What went wrong, in one line that is never empty. */
export function oneLine(error: unknown): string {
  const [first = '', second = ''] = (error instanceof Error ? error.message : String(error))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  // "Transform failed with 1 error:" says it in the next line.
  const text = first.endsWith(':') ? `${first} ${second}` : first
  return text || (error instanceof Error ? error.name : 'an error without a message')
}

/** How long a finished command waits for timers that someone left running, in milliseconds. */
const GRACE_MS = 2000

/**
 * Runs a command line: its result is the exit code; what it throws becomes one line on stderr and exit code 2
 * (the stack too with --debug). A reader that has seen enough and closes the pipe changes nothing: what is left is not
 * printed, the command runs to its end and its exit code stands. A program that ends before the command did, because
 * something called process.exit() or waits for what never comes, is broken.
 */
export async function runCommand(command: (argv: readonly string[]) => Promise<number> | number): Promise<void> {
  const argv = process.argv.slice(2)
  let unwritable = false
  let finished = false
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || unwritable) return
    unwritable = true
    console.error(`error: Cannot print: standard output must be writable, got ${error.code ?? error.message}`)
    process.exitCode = EXIT.broken
  })
  process.on('exit', () => {
    if (finished) return
    console.error('error: Cannot finish: the program ended before its command did')
    process.exitCode = EXIT.broken
  })
  let code: number
  try {
    code = await command(argv.filter((arg) => arg !== '--debug'))
  } catch (error) {
    if (argv.includes('--debug')) console.error(error)
    else console.error(`error: ${oneLine(error)}`)
    code = EXIT.broken
  }
  finished = true
  process.exitCode = unwritable ? EXIT.broken : code
  setTimeout(() => process.exit(), GRACE_MS).unref()
}
