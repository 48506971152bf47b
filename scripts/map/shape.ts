import { REFERENCE_OPERATOR_NAMES, REFERENCE_OPERATORS } from '../../lib/accelerators/gemmini/mod.ts'
import { didYouMean } from '../../lib/harness/nearest.ts'
import { type Problem, parseProblem } from '../../lib/mapping/mod.ts'

/**
 * A reference operator by name, or any shape by its loop bounds.
 *
 * @param what how an error calls the text
 * @throws {RangeError | SyntaxError} if it is neither
 */
export function shapeOf(what: string, text: string): Problem {
  if (Object.hasOwn(REFERENCE_OPERATORS, text)) return REFERENCE_OPERATORS[text as keyof typeof REFERENCE_OPERATORS]
  // Loops have capital names, operators have not.
  if (/^[A-Z]/.test(text)) return parseProblem(text)
  throw new RangeError(
    `${what} must be one of ${REFERENCE_OPERATOR_NAMES.join(', ')} or a shape like "P512 C768 K768", got "${text}"${didYouMean(text, REFERENCE_OPERATOR_NAMES)}`,
  )
}
