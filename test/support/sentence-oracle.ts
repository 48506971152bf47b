/**
 * Labels the sentences of the grammar from their words alone, by the rules that lib/training/sentences states: code that
 * shares nothing with the generator, its words included. What it cannot read it refuses.
 */

/** What a clause says, synonyms replaced by one word each. */
interface Meaning {
  readonly thing: string
  readonly modifier: string
  readonly whole: string
  readonly quality: string
  readonly sign: 1 | -1
  readonly who: string
  /** Whether it took a denial to say it. */
  readonly denied: boolean
}

interface Parsed {
  readonly main: Meaning
  readonly side?: Meaning
  readonly denied: boolean
}

const SAME_THING = 'film=movie book=novel play=drama show=programme story=plot music=soundtrack ending=finale'
const SAME_THINGS = 'actors=performers jokes=gags songs=tunes'
const QUALITIES = [
  'good=fine/bad=poor',
  'brilliant=superb/awful=terrible',
  'exciting=thrilling/dull=boring',
  'clever=smart/silly=stupid',
  'charming=delightful/nasty=unpleasant',
  'fresh=original/stale=predictable',
  'liked=enjoyed/disliked=resented',
  'loved=adored/hated=detested',
]
/** What a quality implies. */
const IMPLIED: Readonly<Record<string, string>> = {
  brilliant: 'good',
  exciting: 'good',
  clever: 'good',
  charming: 'good',
  fresh: 'good',
  loved: 'liked',
}

const things = new Map(
  `${SAME_THING} ${SAME_THINGS}`.split(' ').flatMap((pair) => {
    const [one = '', other = ''] = pair.split('=')
    return [[one, one] as const, [other, one] as const]
  }),
)
const qualities = new Map<string, { readonly quality: string; readonly sign: 1 | -1 }>(
  QUALITIES.flatMap((line) => {
    const [good = '', bad = ''] = line.split('/')
    const [quality = ''] = good.split('=')
    return [
      ...good.split('=').map((word) => [word, { quality, sign: 1 as const }] as const),
      ...bad.split('=').map((word) => [word, { quality, sign: -1 as const }] as const),
    ]
  }),
)

const DENIALS = ['not', 'never', 'hardly', 'far from', 'neither']
const THING = '(the|this|these) (?:(new|old|first|second) )?(\\w+)(?: of the (\\w+))?'
const IS = new RegExp(`^${THING} (is|was|are|were|seemed|felt) (?:(${DENIALS.join('|')}) )?(.+)$`)
const DOES = new RegExp(`^(i|we|everyone|everybody|nobody) (?:(never|hardly) )?(?:(?:really|truly) )?(\\w+) ${THING}$`)
const DEGREE = /^(?:very|really|quite|truly|so|especially) /
const STARTER = /^(?:in fact|honestly|frankly|of course|after all|once again) /
const PLAIN = /^(?:[iw]e? think|it is true|everyone thought) that /
const DENYING = /^(?:[iw]e? do not think|it is not true|it is false|nobody thought) that /
const WHO = '(?:my (?:friend|brother|sister|teacher)|the (?:critics|papers|neighbours))'
const TOLD = new RegExp(
  `^${WHO} (?:said|claimed|believed|insisted|wrote|thought) that (.+) (?:,|and|but) (i|that) (.+)$`,
)
const SIDES_WITH = new RegExp(`^i (.+) with ${WHO} that (.+)$`)

function known<T>(map: ReadonlyMap<string, T>, word: string | undefined): T {
  const found = map.get(word ?? '')
  if (found === undefined) throw new Error(`unknown word: ${word}`)
  return found
}

function readClause(text: string): Meaning {
  const is = IS.exec(text)
  if (is) {
    const [, det = '', modifier = '', thing = '', whole, verb = '', denial = '', rest = ''] = is
    const isPlural = /s$/.test(thing)
    if (!isPlural && (det === 'these' || /^(?:are|were)$/.test(verb))) throw new Error(`wrong number: ${text}`)
    if (isPlural && (det === 'this' || /^(?:is|was)$/.test(verb))) throw new Error(`wrong number: ${text}`)
    const words = rest.replace(DEGREE, '').split(' ')
    const joint = denial === 'neither' ? 'nor' : 'and'
    if (words.length !== 1 && !(words.length === 3 && words[1] === joint)) throw new Error(`not a quality: ${text}`)
    const { quality, sign } = known(qualities, words[0])
    if (words.length === 3 && known(qualities, words[2]).sign !== sign) throw new Error(`unlike: ${text}`)
    return make({ thing, modifier, whole, quality, sign, denied: denial !== '', who: '' })
  }
  const does = DOES.exec(text)
  if (!does) throw new Error(`not a clause: ${text}`)
  const [, who = '', denial, verb, , modifier = '', thing = '', whole] = does
  const { quality, sign } = known(qualities, verb)
  const denied = denial !== undefined || who === 'nobody'
  return make({ thing, modifier, whole, quality, sign, denied, who: /body|one/.test(who) ? 'all' : who })
}

function make(read: Omit<Meaning, 'whole'> & { readonly whole: string | undefined }): Meaning {
  const whole = read.whole === undefined ? '' : known(things, read.whole)
  return { ...read, thing: known(things, read.thing), whole, sign: read.denied ? turned(read.sign) : read.sign }
}

const turned = (sign: 1 | -1): 1 | -1 => (sign === 1 ? -1 : 1)

/** The two clauses of a contrast, the one that counts first. */
function readContrast(text: string): [main: string, side: string] | undefined {
  const front = /^(?:even though|although) (.+) , (.+)$/.exec(text)
  if (front) return [front[2] ?? '', front[1] ?? '']
  const but = /^(.+) but (.+)$/.exec(text)
  if (but) return [but[2] ?? '', but[1] ?? '']
  const back = /^(.+?) (?:even though|although) (.+)$/.exec(text)
  return back ? [back[1] ?? '', back[2] ?? ''] : undefined
}

/** Clauses joined by "and" that all mean the same side. */
function readAgreeing(text: string): { sign: 1 | -1; denied: boolean; count: number } {
  const clauses = text.split(/ and (?=(?:the|this|these|i|we|everyone|everybody|nobody) )/).map(readClause)
  const [first] = clauses as [Meaning]
  if (clauses.some(({ sign }) => sign !== first.sign)) throw new Error(`clauses disagree: ${text}`)
  return { sign: first.sign, denied: clauses.some(({ denied }) => denied), count: clauses.length }
}

const labelOf = (sign: 1 | -1): number => (sign === 1 ? 1 : 0)

/** Whether a sentence says something good, and by which of the four rules. */
export function judgeSentiment(words: readonly string[]): { label: number; level: number } {
  const text = words.join(' ').replace(STARTER, '')
  const [, opinion, , stance] = TOLD.exec(text) ?? []
  const [, attitude, joined] = SIDES_WITH.exec(text) ?? []
  const said = stance ?? attitude
  if (said !== undefined) {
    const turns = (said.match(/\b(?:not|disagree|wrong)\b/g) ?? []).length
    const { sign } = readAgreeing(opinion ?? joined ?? '')
    return { label: labelOf(turns % 2 === 0 ? sign : turned(sign)), level: 4 }
  }
  const contrast = readContrast(text)
  if (contrast) {
    const [main, side] = contrast.map(readClause) as [Meaning, Meaning]
    if (main.sign === side.sign) throw new Error(`no contrast: ${text}`)
    return { label: labelOf(main.sign), level: 3 }
  }
  if (DENYING.test(text)) {
    const { sign, count } = readAgreeing(text.replace(DENYING, ''))
    if (count > 1) throw new Error(`more than one clause in a frame that denies: ${text}`)
    return { label: labelOf(turned(sign)), level: 2 }
  }
  const { sign, denied } = readAgreeing(text.replace(PLAIN, ''))
  return { label: labelOf(sign), level: denied ? 2 : 1 }
}

function readSentence(words: readonly string[]): Parsed {
  const text = words.join(' ')
  const contrast = readContrast(text)
  if (!contrast) {
    const main = readClause(text)
    return { main, denied: main.denied }
  }
  const [main, side] = contrast.map(readClause) as [Meaning, Meaning]
  if (main.sign === side.sign || main.thing === side.thing) throw new Error(`no contrast: ${text}`)
  if (main.denied || side.denied) throw new Error(`denied: ${text}`)
  return { main, side, denied: false }
}

const equal = (a: Meaning | undefined, b: Meaning | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    (['thing', 'modifier', 'whole', 'quality', 'sign', 'who'] as const).every((detail) => a[detail] === b[detail]))

const levelOf = (first: Parsed, second: Parsed): number => (first.side ? 3 : first.denied || second.denied ? 2 : 1)

/** Whether two sentences mean the same, and by which of the three rules. */
export function judgeParaphrase(words: readonly string[], second: readonly string[]): { label: number; level: number } {
  const [a, b] = [readSentence(words), readSentence(second)]
  return { label: equal(a.main, b.main) && equal(a.side, b.side) ? 1 : 0, level: levelOf(a, b) }
}

/** Whether a hypothesis follows from a premise, and by which of the three rules. */
export function judgeEntailment(words: readonly string[], second: readonly string[]): { label: number; level: number } {
  const [premise, hypothesis] = [readSentence(words), readSentence(second)]
  if (hypothesis.side) throw new Error(`hypothesis of two clauses: ${second.join(' ')}`)
  const asked = hypothesis.main
  const people = ['i', 'we', 'all']
  const follows = [premise.main, premise.side].some(
    (told) =>
      told !== undefined &&
      told.sign === asked.sign &&
      told.thing === asked.thing &&
      (asked.modifier === '' || asked.modifier === told.modifier) &&
      (asked.whole === '' || asked.whole === told.whole) &&
      (asked.quality === told.quality || asked.quality === IMPLIED[told.quality]) &&
      people.indexOf(asked.who) <= people.indexOf(told.who),
  )
  return { label: follows ? 1 : 0, level: levelOf(premise, hypothesis) }
}
