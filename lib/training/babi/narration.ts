import type { Rng } from '../../numeric/mod.ts'
import { chance, pick } from './draw.ts'
import { DROPPED, GAVE, GOT, MOVED } from './lexicon.ts'
import type { Act } from './movement-world.ts'

/** How often "there" follows a verb. */
export interface Narration {
  readonly getThere: number
  readonly dropThere: number
}

/** How bAbI tells most acts: things are always taken "there". */
export const PLAIN_NARRATION: Narration = { getThere: 1, dropThere: 0.2 }

/** The sentence that somebody went to a place. */
export function moveSentence(rng: Rng, who: string, place: string): string {
  return `${who} ${pick(rng, MOVED)} the ${place}.`
}

/** The sentence that tells an act. */
export function actSentence(rng: Rng, act: Act, { getThere, dropThere }: Narration = PLAIN_NARRATION): string {
  if (act.kind === 'move') return moveSentence(rng, act.who, act.place)
  if (act.kind === 'give') return `${act.who} ${pick(rng, GAVE)} the ${act.thing} to ${act.to}.`
  const verb = pick(rng, act.kind === 'get' ? GOT : DROPPED)
  const there = chance(rng, act.kind === 'get' ? getThere : dropThere) ? ' there' : ''
  return `${act.who} ${verb} the ${act.thing}${there}.`
}
