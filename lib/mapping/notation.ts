import { LEVELS, type Level, type LevelLoops, type Loop, type Mapping, type SpatialLoop } from './mapping.ts'
import { DIMS, type Dim } from './problem.ts'

/** What Timeloop prints where a level has no loop of its own. */
const NOTHING = 'Q1'

/**
 * Prints a mapping in Timeloop's notation: levels and, in each, loops outermost first; `C4X` is a loop of 4 over C
 * unrolled along the array; unit loops are left out, and a level without a temporal loop says `Q1`.
 *
 * @example
 * ```ts
 * import { formatMapping, parseMapping } from '../../lib/mapping/mod.ts'
 *
 * formatMapping(parseMapping('L3[WIO] K8 C4 - L2[WI] P512 - L1[O] C16X - L0[W] Q1'))
 * // => 'L3[WIO] K8 C4 - L2[WI] P512 - L1[O] Q1 C16X - L0[W] Q1'
 * ```
 */
export function formatMapping(mapping: Mapping): string {
  return LEVELS.map(({ key, label, keeps }) => {
    const temporal = mapping[key].temporal
      .filter(({ factor }) => factor > 1)
      .map(({ dim, factor }) => `${dim}${factor}`)
    const spatial = mapping[key].spatial
      .filter(({ factor }) => factor > 1)
      .map(({ dim, factor, axis }) => `${dim}${factor}${axis}`)
    return [`${label}[${keeps.join('')}]`, ...(temporal.length > 0 ? temporal : [NOTHING]), ...spatial].join(' ')
  }).join(' - ')
}

/**
 * Reads a mapping in Timeloop's notation.
 *
 * @throws {SyntaxError} on an unknown level or loop name, a loop given twice, or a level that is missing, out of
 *   order, or keeps other data than the hierarchy's
 */
export function parseMapping(text: string): Mapping {
  const levels = text.trim().split(/\s+-\s+/)
  const names = LEVELS.map(({ label, keeps }) => `${label}[${keeps.join('')}]`)
  if (levels.length !== LEVELS.length) {
    throw new SyntaxError(
      `Cannot read a mapping: it must have the ${LEVELS.length} levels ${names.join(' - ')}, got ${text.trim() === '' ? 'nothing' : `${levels.length}`}`,
    )
  }
  const entries = LEVELS.map((level, index): [Level, LevelLoops] => {
    const [name = '', ...loops] = (levels[index] as string).split(/\s+/)
    if (name !== names[index]) {
      throw new SyntaxError(
        `Cannot read a mapping: level ${index + 1} of ${LEVELS.length} must be ${names[index]}, got "${name}"`,
      )
    }
    return [level.key, parseLevel(level, loops)]
  })
  return Object.fromEntries(entries) as unknown as Mapping
}

function parseLevel(level: (typeof LEVELS)[number], texts: readonly string[]): LevelLoops {
  const temporal: Loop[] = []
  const spatial: SpatialLoop[] = []
  const fail = (must: string, got: string): never => {
    throw new SyntaxError(`Cannot read ${level.label} of a mapping: ${must}, got "${got}"`)
  }
  if (texts.length === 0) fail(`it must have a loop (${NOTHING} for none)`, '')
  const seen = new Set<string>()
  for (const text of texts) {
    const match = /^([A-Za-z]+)(\d+)([XY]?)$/.exec(text)
    if (!match) fail('a loop must be a dimension and a factor, like K8 or C4X', text)
    const [, name = '', digits = '', axis = ''] = match as RegExpExecArray
    if (!(DIMS as readonly string[]).includes(name)) fail(`a loop must be over one of ${DIMS.join(' ')}`, text)
    const dim = name as Dim
    const factor = Number(digits)
    if (!Number.isSafeInteger(factor) || factor < 1) fail('a factor must be a positive integer', text)
    if (factor > 1 && seen.has(dim + axis)) fail(`a level must have one loop over ${dim}${axis}`, texts.join(' '))
    if (factor > 1) seen.add(dim + axis)
    if (axis === '') temporal.push({ dim, factor })
    else {
      if (factor > 1 && dim !== level.spatialDim) {
        fail(
          level.spatialDim
            ? `the loop unrolled here must be over ${level.spatialDim}`
            : 'no loop can be unrolled at this level',
          text,
        )
      }
      spatial.push({ dim, factor, axis: axis as 'X' | 'Y' })
    }
  }
  return { temporal, spatial }
}
