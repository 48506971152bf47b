import type { BabiLine } from './types.ts'

/** Questions are about what was told lately: their newest support is among this many latest statements. */
const RECENT_STATEMENTS = 5

/** Writes one story, and knows its line numbers. */
export class StoryWriter {
  readonly lines: BabiLine[] = []
  /** How many questions have been asked. */
  questions = 0
  /** The line numbers of the statements. */
  private readonly told: number[] = []

  /** Adds a statement and returns its line number. */
  tell(text: string): number {
    this.lines.push({ text })
    this.told.push(this.lines.length)
    return this.lines.length
  }

  /** Adds a question, its answer and the line numbers of its supports. */
  ask(question: string, answer: string, supports: readonly number[]): void {
    this.lines.push({ question, answer, supports })
    this.questions++
  }

  /** Whether a line is among the latest statements. */
  isRecent(line: number, statements = RECENT_STATEMENTS): boolean {
    return line >= (this.told.at(-statements) ?? 1)
  }
}

/**
 * Writes a story in rounds: two statements, then a question if there is one to ask, until there are five questions.
 *
 * @param tell makes a statement
 * @param ask asks a question, or none
 */
export function tellAndAsk(
  writer: StoryWriter,
  { tell, ask }: { readonly tell: () => void; readonly ask: () => void },
): readonly BabiLine[] {
  while (writer.questions < 5) {
    tell()
    tell()
    ask()
  }
  return writer.lines
}
