import { createRequire } from 'node:module'

// Needed only where something was misspelt; every import adds to the start-up of a script.
const require = createRequire(import.meta.url)

/**
 * The option a misspelt word most likely meant, as a sentence to append to an error message.
 *
 * @returns `; did you mean "x"?`, or an empty string where nothing comes close
 */
export function didYouMean(given: string, options: readonly string[]): string {
  if (options.length === 0) return ''
  const { closest, distance } = require('fastest-levenshtein') as typeof import('fastest-levenshtein')
  const best = closest(given, options)
  const reach = Math.max(2, Math.ceil(Math.max(given.length, best.length) / 2))
  return distance(given, best) <= reach ? `; did you mean "${best}"?` : ''
}
