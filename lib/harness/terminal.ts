import { inspect } from 'node:util'

/** What a text is written to. */
export interface TextStream {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What the reader of a text can be shown. */
export interface Terminal {
  /** Whether escape codes for colour may be written. */
  readonly colour: boolean
  /** Characters in a line; null where there is no such limit, as in a pipe or a file. */
  readonly columns: number | null
}

/** A file, a pipe or a program: no colour, lines of any length. */
export const PLAIN: Terminal = { colour: false, columns: null }

/** Values of FORCE_COLOR that ask for colour, as Node.js reads them; any other one forbids it. */
const FORCED: readonly string[] = ['', '1', 'true', '2', '3']

/**
 * Whether a stream gets colour: a terminal does, unless NO_COLOR or NODE_DISABLE_COLORS is not empty or TERM is `dumb`.
 * FORCE_COLOR decides alone where it is set. The rules are those of Node.js, which its own `styleText` follows in its
 * later versions only.
 */
function hasColour(stream: TextStream, environment: Environment): boolean {
  const { FORCE_COLOR, NO_COLOR, NODE_DISABLE_COLORS, TERM } = environment
  if (FORCE_COLOR !== undefined) return FORCED.includes(FORCE_COLOR)
  if (NO_COLOR || NODE_DISABLE_COLORS || TERM === 'dumb') return false
  return stream.isTTY === true
}

/** What can be shown on a stream. */
export function terminalOf(stream: TextStream, environment: Environment): Terminal {
  return {
    colour: hasColour(stream, environment),
    columns: stream.isTTY === true && stream.columns ? stream.columns : null,
  }
}

/** Colours and weights, by the names that Node.js has for them. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan'

/** A text in a style; as it is where there is no colour. */
export function paint(text: string, styles: readonly Style[], terminal: Terminal): string {
  if (!terminal.colour || text === '') return text
  const codes = styles.map((style) => inspect.colors[style] as readonly [number, number])
  const opening = codes.map(([on]) => `\u001b[${on}m`).join('')
  return `${opening}${text}${codes.map(([, off]) => `\u001b[${off}m`).join('')}`
}
