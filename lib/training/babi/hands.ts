import type { Rng } from '../../numeric/mod.ts'
import { actStory, CARRYING, TRADING } from './act-story.ts'
import { chance, pick } from './draw.ts'
import { GIVING_PEOPLE } from './lexicon.ts'
import type { Gift } from './memory.ts'
import type { BabiStory } from './types.ts'

const COUNTS = ['none', 'one', 'two', 'three'] as const

/** Task 5: who gave what to whom; the latest gift that fits is meant. */
export function givingStory(rng: Rng): BabiStory {
  return actStory(rng, {
    kinds: TRADING,
    people: GIVING_PEOPLE,
    ask: ({ writer, memory }) => {
      const recent = memory.gifts.filter(({ line }) => writer.isRecent(line))
      if (recent.length === 0) return
      const { question, fits, answer } = giftQuestion(rng, pick(rng, recent))
      const meant = memory.gifts.findLast(fits) as Gift
      writer.ask(question, answer(meant), [meant.line])
    },
  })
}

interface GiftQuestion {
  readonly question: string
  readonly fits: (gift: Gift) => boolean
  readonly answer: (gift: Gift) => string
}

/** A third each about the thing, the giver and the receiver, the latter two with or without naming the other. */
function giftQuestion(rng: Rng, { who, thing, to }: Gift): GiftQuestion {
  const kind = pick(rng, ['thing', 'giver', 'receiver'])
  const namesOther = kind === 'thing' || chance(rng, 0.5)
  const answer = (gift: Gift): string => (kind === 'thing' ? gift.thing : kind === 'giver' ? gift.who : gift.to)
  const fits = (gift: Gift): boolean =>
    (kind === 'thing' || gift.thing === thing) &&
    (!namesOther || kind === 'giver' || gift.who === who) &&
    (!namesOther || kind === 'receiver' || gift.to === to)
  const asked = {
    thing: `What did ${who} give to ${to}?`,
    giver: `Who gave the ${thing}${namesOther ? ` to ${to}` : ''}?`,
    receiver: namesOther ? `Who did ${who} give the ${thing} to?` : `Who received the ${thing}?`,
  }
  return { question: asked[kind as keyof typeof asked], fits, answer }
}

/** Task 7: how many things somebody carries. */
export const countingStory = (rng: Rng): BabiStory =>
  handsStory(rng, {
    kinds: TRADING,
    question: (who) => `How many objects is ${who} carrying?`,
    answer: (things) => COUNTS[things.length] as string,
  })

/** Task 8: which things somebody carries, in the order of taking. */
export const listStory = (rng: Rng): BabiStory =>
  handsStory(rng, {
    kinds: CARRYING,
    question: (who) => `What is ${who} carrying?`,
    answer: (things) => things.join(',') || 'nothing',
  })

/** Questions about the hands of people who lately did something with them; all lines about them support the answer. */
function handsStory(
  rng: Rng,
  {
    kinds,
    question,
    answer,
  }: {
    readonly kinds: typeof CARRYING
    readonly question: (who: string) => string
    readonly answer: (things: readonly string[]) => string
  },
): BabiStory {
  return actStory(rng, {
    kinds,
    ask: ({ writer, memory }) => {
      const known = [...memory.hands].filter(([, { acted }]) => writer.isRecent(acted))
      if (known.length === 0) return
      const [who, { things, lines }] = pick(rng, known)
      writer.ask(question(who), answer(things), lines.slice())
    },
  })
}
