import { paint, type Style, type Terminal } from './terminal.ts'
import { VERDICTS, type Verdict } from './verdict.ts'

/** Counts by verdict. */
export type Counts = Readonly<Partial<Record<Verdict, number>>>

/** One letter for each verdict, where there is no room for the word. */
export const VERDICT_LETTER: Readonly<Record<Verdict, string>> = {
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
}

/** From good to bad: green, cyan, yellow, red, bold red; dim is what was compared with nothing. */
const STYLES: Readonly<Record<Verdict, readonly Style[]>> = {
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
}

/** A text in a verdict's colour. */
export function paintAs(verdict: Verdict, text: string, terminal: Terminal): string {
  return paint(text, STYLES[verdict], terminal)
}

/** A verdict's word in its colour. */
export function paintVerdict(verdict: Verdict, terminal: Terminal): string {
  return paintAs(verdict, verdict, terminal)
}

/** A verdict's word as the checks write it: "golden near, got off", "is near (printed", "is off and must". */
const IN_SENTENCE = new RegExp(`(?<=: golden |, got | is )(${VERDICTS.join('|')})(?=,| \\(| and must|$)`, 'g')

/** A line of a check with the verdicts it names in their colours. */
export function paintSentence(line: string, terminal: Terminal): string {
  return terminal.colour ? line.replace(IN_SENTENCE, (verdict) => paintVerdict(verdict as Verdict, terminal)) : line
}

/** The verdicts that occur in any of some counts, in the order of {@link VERDICTS}. */
export function occurring(...counts: readonly Counts[]): Verdict[] {
  return VERDICTS.filter((verdict) => counts.some((count) => (count[verdict] ?? 0) > 0))
}

/** Counts in words, as in `72 exact, 5 within`. */
export function countsInWords(counts: Counts, terminal: Terminal): string {
  return occurring(counts)
    .map((verdict) => paintAs(verdict, `${counts[verdict]} ${verdict}`, terminal))
    .join(', ')
}

/** Counts with one letter each, as in `72e 5w`. */
export function countsInLetters(counts: Counts, terminal: Terminal): string {
  return occurring(counts)
    .map((verdict) => paintAs(verdict, `${counts[verdict]}${VERDICT_LETTER[verdict]}`, terminal))
    .join(' ')
}

/** What the letters mean, for the line below a table that uses them. */
export function letterLegend(verdicts: readonly Verdict[], terminal: Terminal): string {
  return verdicts.map((verdict) => paintAs(verdict, `${VERDICT_LETTER[verdict]} ${verdict}`, terminal)).join(', ')
}
