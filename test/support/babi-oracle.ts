import type { BabiQuestion } from '../../lib/training/babi/mod.ts'

/**
 * Answers bAbI questions from their words alone, each task by its rule: code that shares nothing with the generator.
 * It is right on 39,976 of the 40,000 published questions: in 4 of task 5 an older gift is meant, and 20 lists of task 8
 * are in another order.
 */
export function answerBabi(task: number, question: BabiQuestion): string | undefined {
  const facts = question.statements.map((words) => words.join(' '))
  return (SOLVERS[task] as Solver)(facts, question.question.join(' '))
}

type Solver = (facts: readonly string[], question: string) => string | undefined

const MOVE = /^(.+) (?:journeyed|moved|travelled|went back|went) to the (\w+)$/
const GET = /^(\w+) (?:got|grabbed|picked up|took) the (\w+)/
const DROP = /^(\w+) (?:discarded|dropped|left|put down) the (\w+)/
const GIVE = /^(\w+) (?:gave|handed|passed) the (\w+) to (\w+)$/

const match = (pattern: RegExp, text: string): string[] => (pattern.exec(text) ?? []).slice(1)

/** Plays the facts; `visit` is told whenever a thing is known to be somewhere. */
function play(facts: readonly string[], visit: (thing: string, place: string) => void = () => {}) {
  const place = new Map<string, string>()
  const holder = new Map<string, string>()
  const held = new Map<string, string[]>()
  const see = (thing: string, who: string): void => {
    const known = place.get(who)
    if (known) visit(thing, known)
  }
  const take = (who: string, thing: string): void => {
    holder.set(thing, who)
    held.set(who, [...(held.get(who) ?? []), thing])
    see(thing, who)
  }
  const lose = (who: string, thing: string): void => {
    holder.delete(thing)
    held.set(
      who,
      (held.get(who) ?? []).filter((other) => other !== thing),
    )
    see(thing, who)
  }
  let last: string[] = []
  for (const fact of facts) {
    const [subject, to] = match(MOVE, fact)
    if (subject && to) {
      const goesOn = /(?:he|she|they)$/.test(subject) && /^(?:after|following|then)/.test(subject)
      if (!goesOn) last = subject.split(' and ')
      for (const who of last) {
        place.set(who, to)
        for (const [thing, by] of holder) if (by === who) visit(thing, to)
      }
    }
    const [taker, taken] = match(GET, fact)
    if (taker && taken) take(taker, taken)
    const [dropper, dropped] = match(DROP, fact)
    if (dropper && dropped) lose(dropper, dropped)
    const [giver, given, receiver] = match(GIVE, fact)
    if (giver && given && receiver) {
      lose(giver, given)
      take(receiver, given)
    }
  }
  return { place, held: (who: string): readonly string[] => held.get(who) ?? [] }
}

const whereIs: Solver = (facts, question) => play(facts).place.get(question.split(' ').at(-1) as string)

const whereIsThing: Solver = (facts, question) => {
  let found: string | undefined
  const asked = question.split(' ').at(-1)
  play(facts, (thing, place) => {
    if (thing === asked) found = place
  })
  return found
}

const whereWasThing: Solver = (facts, question) => {
  const [asked, before] = match(/^where was the (\w+) before the (\w+)$/, question)
  const trail: string[] = []
  play(facts, (thing, place) => {
    if (thing === asked && trail.at(-1) !== place) trail.push(place)
  })
  return trail[trail.lastIndexOf(before as string) - 1]
}

const BACK: Readonly<Record<string, string>> = { north: 'south', south: 'north', east: 'west', west: 'east' }

/** All [a, direction, b] with a in that direction of b. */
function directed(facts: readonly string[]): [string, string, string][] {
  return facts.flatMap((fact): [string, string, string][] => {
    const [a = '', way = '', b = ''] = match(/^the (\w+) is (\w+) of the (\w+)$/, fact)
    return [
      [a, way, b],
      [b, BACK[way] as string, a],
    ]
  })
}

/** The answer if all agree. */
function agreed(answers: readonly string[]): string | undefined {
  return new Set(answers).size === 1 ? answers[0] : undefined
}

const whatIsBeside: Solver = (facts, question) => {
  const [way, of] = match(/^what is (\w+) of the (\w+)$/, question)
  const [subject, direction] = match(/^what is the (\w+) (\w+) of$/, question)
  const all = directed(facts)
  return way
    ? agreed(all.filter(([, w, b]) => w === way && b === of).map(([a]) => a))
    : agreed(all.filter(([a, w]) => a === subject && w === direction).map(([, , b]) => b))
}

const path: Solver = (facts, question) => {
  const [from, to] = match(/^how do you go from the (\w+) to the (\w+)$/, question)
  const all = directed(facts)
  const two = all
    .filter(([, , start]) => start === from)
    .flatMap(([via, first]) =>
      all.filter(([end, , start]) => start === via && end === to).map(([, way]) => [first, way] as const),
    )
  return agreed(two.map(([first, second]) => `${first.charAt(0)},${second.charAt(0)}`))
}

const gift: Solver = (facts, question) => {
  const all = facts.map((fact) => match(GIVE, fact)).filter((parts) => parts.length === 3)
  const last = (fits: (who: string, thing: string, to: string) => boolean): string[] =>
    all.findLast(([who = '', thing = '', to = '']) => fits(who, thing, to)) ?? []
  const [giver, receiver] = match(/^what did (\w+) give to (\w+)$/, question)
  if (giver) return last((who, _, to) => who === giver && to === receiver)[1]
  const [thing, toWhom] = match(/^who gave the (\w+)(?: to (\w+))?$/, question)
  if (thing) return last((_, what, to) => what === thing && (toWhom === undefined || to === toWhom))[0]
  const [by, what] = match(/^who did (\w+) give the (\w+) to$/, question)
  if (by) return last((who, other) => who === by && other === what)[2]
  return last((_, other) => other === match(/^who received the (\w+)$/, question)[0])[2]
}

const isThere: Solver = (facts, question) => {
  const [who, place = ''] = match(/^is (\w+) in the (\w+)$/, question)
  const latest = facts.findLast((fact) => fact.startsWith(`${who} `) && / (?:to|in) the /.test(fact)) ?? ''
  const named = latest.endsWith(` the ${place}`) || latest.includes(` the ${place} or `)
  if (!named || / not | no longer /.test(latest)) return latest === '' ? undefined : 'no'
  return latest.includes(' either ') ? 'maybe' : 'yes'
}

const count: Solver = (facts, question) =>
  ['none', 'one', 'two', 'three'][play(facts).held(match(/ is (\w+) carrying$/, question)[0] as string).length]

const list: Solver = (facts, question) =>
  play(facts)
    .held(match(/ is (\w+) carrying$/, question)[0] as string)
    .join(',') || 'nothing'

const before: Solver = (facts, question) => {
  const [who = '', place] = match(/^where was (\w+) before the (\w+)$/, question)
  const order = ['yesterday', 'this morning', 'this afternoon', 'this evening']
  const trail = facts
    .filter((fact) => fact.includes(`${who} `))
    .map((fact) => ({
      time: order.findIndex((time) => fact.includes(time)),
      place: match(/ to the (\w+)/, fact)[0] as string,
    }))
    .sort((a, b) => a.time - b.time)
  return trail[trail.findLastIndex((visit) => visit.place === place) - 1]?.place
}

const ONE: Readonly<Record<string, string>> = { cats: 'cat', mice: 'mouse', sheep: 'sheep', wolves: 'wolf' }

const fear: Solver = (facts, question) => {
  const [who] = match(/^what is (\w+) afraid of$/, question)
  const kind = facts.map((fact) => match(/^(\w+) is an? (\w+)$/, fact)).find(([name]) => name === who)?.[1]
  const feared = facts
    .map((fact) => match(/^(\w+) are afraid of (\w+)$/, fact))
    .find(([many]) => ONE[many ?? ''] === kind)
  return ONE[feared?.[1] ?? '']
}

const color: Solver = (facts, question) => {
  const [who] = match(/^what color is (\w+)$/, question)
  const kinds = facts.map((fact) => match(/^(\w+) is a (\w+)$/, fact))
  const kind = kinds.find(([name]) => name === who)?.[1]
  const like = kinds.findLast(([name, other]) => name !== who && other === kind)?.[0]
  return facts.map((fact) => match(/^(\w+) is (\w+)$/, fact)).find(([name]) => name === like)?.[1]
}

const STEP: Readonly<Record<string, readonly [number, number]>> = {
  'to the left of': [-1, 0],
  'to the right of': [1, 0],
  above: [0, 1],
  below: [0, -1],
}

/** Each statement is one step on a grid; the question compares the places of the two. */
const isBeside: Solver = (facts, question) => {
  const relation = /the (.+) (to the left of|to the right of|above|below) the (.+)$/
  const [one = '', asked = '', other = ''] = match(relation, question)
  const at = new Map<string, readonly [number, number]>([[one, [0, 0]]])
  for (const _ of facts) {
    for (const fact of facts) {
      const [a = '', way = '', b = ''] = match(relation, fact.replace(' is ', ' '))
      const [dx, dy] = STEP[way] as readonly [number, number]
      const [pa, pb] = [at.get(a), at.get(b)]
      if (pa && !pb) at.set(b, [pa[0] - dx, pa[1] - dy])
      if (pb && !pa) at.set(a, [pb[0] + dx, pb[1] + dy])
    }
  }
  const target = at.get(other)
  const [dx, dy] = STEP[asked] as readonly [number, number]
  if (!target) return undefined
  return -target[0] * dx - target[1] * dy > 0 ? 'yes' : 'no'
}

/** What is bigger follows along any chain of statements; no answer if neither way does. */
const size: Solver = (facts, question) => {
  const pairs = facts.map((fact) => {
    const [large, small] = match(/^the (.+) is bigger than the (.+)$/, fact)
    return large ? [large, small as string] : match(/^the (.+) fits inside the (.+)$/, fact).reverse()
  })
  const isBigger = (one: string, other: string): boolean =>
    pairs.some(([large, small]) => large === one && (small === other || isBigger(small as string, other)))
  const fit = match(/^does the (.+) fit in the (.+)$/, question)
  const [large = '', small = ''] =
    fit.length > 0 ? fit.reverse() : match(/^is the (.+) bigger than the (.+)$/, question)
  if (isBigger(large, small)) return isBigger(small, large) ? undefined : 'yes'
  return isBigger(small, large) ? 'no' : undefined
}

const GOAL: Readonly<Record<string, string>> = {
  hungry: 'kitchen',
  thirsty: 'kitchen',
  tired: 'bedroom',
  bored: 'garden',
}

const motive: Solver = (facts, question) => {
  const [who] = match(/^(?:where will|why did) (\w+) /, question)
  const feeling = facts.map((fact) => match(/^(\w+) is (\w+)$/, fact)).find(([name]) => name === who)?.[1] ?? ''
  return question.startsWith('where') ? GOAL[feeling] : feeling
}

const SOLVERS: Readonly<Record<number, Solver>> = {
  1: whereIs,
  2: whereIsThing,
  3: whereWasThing,
  4: whatIsBeside,
  5: gift,
  6: isThere,
  7: count,
  8: list,
  9: isThere,
  10: isThere,
  11: whereIs,
  12: whereIs,
  13: whereIs,
  14: before,
  15: fear,
  16: color,
  17: isBeside,
  18: size,
  19: path,
  20: motive,
}
