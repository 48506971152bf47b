import process from 'node:process'

/** Exit codes: all good, a comparison failed, the harness or the input is broken. */
export const EXIT = { good: 0, failed: 1, broken: 2 } as const

/** One line of an error for a person. */
export function errorLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return `error: ${message.split('\n')[0]}`
}

/**
 * Runs a command line: its result is the exit code; what it throws becomes one line on stderr and exit code 2
 * (the stack too with --debug). A reader that closes the pipe early ends it quietly.
 */
export async function runCommand(command: (argv: readonly string[]) => Promise<number> | number): Promise<void> {
  const argv = process.argv.slice(2)
  let unwritable = false
  // A reader that has seen enough closes the pipe: nothing is printed from then on, but the command runs to its end
  // and its exit code stands.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || unwritable) return
    unwritable = true
    console.error(`error: Cannot print: standard output must be writable, got ${error.code ?? error.message}`)
    process.exitCode = EXIT.broken
  })
  try {
    const code = await command(argv.filter((arg) => arg !== '--debug'))
    process.exitCode = unwritable ? EXIT.broken : code
  } catch (error) {
    if (argv.includes('--debug')) console.error(error)
    else console.error(errorLine(error))
    process.exitCode = EXIT.broken
  }
}
