import * as lexicon from './lexicon.ts'

/** The words with a part of their own, by id from 0. */
export const SPECIAL_WORDS = ['[CLS]', '[SEP]', '[UNK]', '[MASK]'] as const

/** The words of which the grammar's joints are made. */
const JOINTS = ', and but although even though that the this these of neither nor'

const phrases: readonly (string | readonly string[])[] = [
  JOINTS,
  ...[...lexicon.WHOLES, ...lexicon.PARTS_OF_WHOLES].map(({ words }) => words),
  lexicon.MODIFIERS,
  ...[...lexicon.ADJECTIVES, ...lexicon.VERBS].flatMap(({ positive, negative }) => [positive, negative]),
  ...lexicon.HOLDERS,
  lexicon.NOBODY,
  lexicon.BE.one,
  lexicon.BE.many,
  lexicon.SEEM,
  lexicon.DEGREES,
  lexicon.BE_NEGATORS,
  lexicon.PLAIN_FRAMES,
  lexicon.DENYING_FRAMES,
  lexicon.REPORTERS,
  lexicon.REPORTED,
  lexicon.ASSENTS_WITH,
  lexicon.DISSENTS_WITH,
  lexicon.ASSENTS,
  lexicon.DISSENTS,
  lexicon.STARTERS,
]

/** All words: the special ones, then those of the grammar in a fixed order; a word's id is its index. */
export const VOCABULARY: readonly string[] = [
  ...SPECIAL_WORDS,
  ...new Set(phrases.flat().flatMap((phrase) => phrase.split(' '))),
]
