import { paint, type Style, type Terminal } from './terminal.ts'
import { OUTCOMES, type Outcome } from './verdict.ts'

/** Counts by outcome. */
export type Counts = Readonly<Partial<Record<Outcome, number>>>

/** One letter for each outcome, where there is no room for the word. */
export const OUTCOME_LETTER: Readonly<Record<Outcome, string>> = {
  exact: 'e',
  within: 'w',
  near: 'n',
  trend: 't',
  off: 'o',
  calibrated: 'c',
  erratum: '!',
  input: 'i',
  unreachable: 'u',
  pending: 'p',
  holds: 'h',
  fails: 'f',
}

/** From good to bad: green, cyan, yellow, red, bold red; dim is what was compared with nothing. */
const STYLES: Readonly<Record<Outcome, readonly Style[]>> = {
  exact: ['green'],
  within: ['cyan'],
  near: ['yellow'],
  trend: ['red'],
  off: ['red', 'bold'],
  calibrated: ['blue'],
  erratum: ['magenta'],
  input: ['dim'],
  unreachable: ['dim'],
  pending: ['dim'],
  holds: ['green'],
  fails: ['red', 'bold'],
}

/** A text in an outcome's colour. */
export function paintAs(outcome: Outcome, text: string, terminal: Terminal): string {
  return paint(text, STYLES[outcome], terminal)
}

/** An outcome's word in its colour. */
export function paintOutcome(outcome: Outcome, terminal: Terminal): string {
  return paintAs(outcome, outcome, terminal)
}

/** An outcome's word as the checks write it: "golden near, got off", "is near (printed", "is off and must". */
const IN_SENTENCE = new RegExp(`(?<=: golden |, got | is )(${OUTCOMES.join('|')})(?=,| \\(| and must|$)`, 'g')

/** A line of a check with the verdicts it names in their colours. */
export function paintSentence(line: string, terminal: Terminal): string {
  return terminal.colour ? line.replace(IN_SENTENCE, (verdict) => paintOutcome(verdict as Outcome, terminal)) : line
}

/** The outcomes that occur in any of some counts, in the order of {@link OUTCOMES}. */
export function occurring(...counts: readonly Counts[]): Outcome[] {
  return OUTCOMES.filter((outcome) => counts.some((count) => (count[outcome] ?? 0) > 0))
}

/** One count in words, as in `72 exact` or `2 hold in kind`. */
export function countInWords(outcome: Outcome, count: number): string {
  if (outcome === 'holds') return `${count} ${count === 1 ? 'holds' : 'hold'} in kind`
  return outcome === 'fails' ? `${count} ${count === 1 ? 'fails' : 'fail'} in kind` : `${count} ${outcome}`
}

/** Counts in words, as in `72 exact, 5 within`. */
export function countsInWords(counts: Counts, terminal: Terminal): string {
  return occurring(counts)
    .map((outcome) => paintAs(outcome, countInWords(outcome, counts[outcome] ?? 0), terminal))
    .join(', ')
}

/** Counts with one letter each, as in `72e 5w`. */
export function countsInLetters(counts: Counts, terminal: Terminal): string {
  return occurring(counts)
    .map((outcome) => paintAs(outcome, `${counts[outcome]}${OUTCOME_LETTER[outcome]}`, terminal))
    .join(' ')
}

/** What the letters mean, for the line below a table that uses them. */
export function letterLegend(outcomes: readonly Outcome[], terminal: Terminal): string {
  return outcomes.map((outcome) => paintAs(outcome, `${OUTCOME_LETTER[outcome]} ${outcome}`, terminal)).join(', ')
}
