/** A thing that is judged: two words that mean it, and whether they are plural. */
export interface ThingKind {
  readonly words: readonly [string, string]
  readonly plural: boolean
}

/** What things have parts of their own ... */
export const WHOLES: readonly ThingKind[] = [
  { words: ['film', 'movie'], plural: false },
  { words: ['book', 'novel'], plural: false },
  { words: ['play', 'drama'], plural: false },
  { words: ['show', 'programme'], plural: false },
]

/** ... and what their parts are: "the ending of the film". */
export const PARTS_OF_WHOLES: readonly ThingKind[] = [
  { words: ['story', 'plot'], plural: false },
  { words: ['music', 'soundtrack'], plural: false },
  { words: ['ending', 'finale'], plural: false },
  { words: ['actors', 'performers'], plural: true },
  { words: ['jokes', 'gags'], plural: true },
  { words: ['songs', 'tunes'], plural: true },
]

/** Which of several things is meant; no two of them mean the same. */
export const MODIFIERS = ['new', 'old', 'first', 'second'] as const

/** A quality: two words that say it, two that say its opposite, and the quality that it implies. */
export interface Quality {
  readonly verb: boolean
  readonly positive: readonly [string, string]
  readonly negative: readonly [string, string]
}

/** Said of a thing by an adjective; the first is implied by each of the others. */
export const ADJECTIVES: readonly [Quality, ...Quality[]] = [
  { verb: false, positive: ['good', 'fine'], negative: ['bad', 'poor'] },
  { verb: false, positive: ['brilliant', 'superb'], negative: ['awful', 'terrible'] },
  { verb: false, positive: ['exciting', 'thrilling'], negative: ['dull', 'boring'] },
  { verb: false, positive: ['clever', 'smart'], negative: ['silly', 'stupid'] },
  { verb: false, positive: ['charming', 'delightful'], negative: ['nasty', 'unpleasant'] },
  { verb: false, positive: ['fresh', 'original'], negative: ['stale', 'predictable'] },
]

/** Said of a thing by what people do; the first is implied by the other. */
export const VERBS: readonly [Quality, ...Quality[]] = [
  { verb: true, positive: ['liked', 'enjoyed'], negative: ['disliked', 'resented'] },
  { verb: true, positive: ['loved', 'adored'], negative: ['hated', 'detested'] },
]

/** Who likes things; words of one entry mean the same. */
export const EVERYBODY = ['everyone', 'everybody'] as const
export const HOLDERS: readonly (readonly string[])[] = [['i'], ['we'], EVERYBODY]

/** What joins a thing and an adjective: by number, or of both numbers. */
export const BE = { one: ['is', 'was'], many: ['are', 'were'] } as const
export const SEEM = ['seemed', 'felt'] as const

/** How much; it changes no meaning. */
export const DEGREES = ['very', 'really', 'quite', 'truly', 'so', 'especially'] as const
export const VERB_DEGREES = ['really', 'truly'] as const

/** Turn a quality into its opposite: after "is", after "seemed", before a verb, in the place of "everyone". */
export const BE_NEGATORS = ['not', 'never', 'hardly', 'far from'] as const
export const SEEM_NEGATORS = ['hardly', 'far from'] as const
export const VERB_NEGATORS = ['never', 'hardly'] as const
export const NOBODY = 'nobody'

/** Before a clause: they leave its meaning, or turn it into its opposite. */
export const PLAIN_FRAMES = ['i think that', 'we think that', 'it is true that', 'everyone thought that'] as const
export const DENYING_FRAMES = [
  'i do not think that',
  'we do not think that',
  'it is not true that',
  'it is false that',
  'nobody thought that',
] as const

/** Who has opinions, and how they are told. */
export const REPORTERS = [
  'my friend',
  'my brother',
  'my sister',
  'my teacher',
  'the critics',
  'the papers',
  'the neighbours',
] as const
export const REPORTED = ['said', 'claimed', 'believed', 'insisted', 'wrote', 'thought'] as const

/** What the speaker thinks of an opinion told before: it holds, or the opposite does. */
export const ASSENTS = ['i agree', 'i do not disagree', 'that is right', 'that is not wrong'] as const
export const DISSENTS = ['i disagree', 'i do not agree', 'that is wrong', 'that is not right'] as const
/** The same before the opinion is told. */
export const ASSENTS_WITH = ['i agree with', 'i do not disagree with'] as const
export const DISSENTS_WITH = ['i disagree with', 'i do not agree with'] as const

/** How a sentence may begin; it changes no meaning. */
export const STARTERS = ['in fact', 'honestly', 'frankly', 'of course', 'after all', 'once again'] as const
