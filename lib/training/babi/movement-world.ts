import type { Rng } from '../../numeric/mod.ts'
import { pick, pickOther } from './draw.ts'

/** What somebody does. */
export type Act =
  | { readonly kind: 'move'; readonly who: string; readonly place: string }
  | { readonly kind: 'get' | 'drop'; readonly who: string; readonly thing: string }
  | { readonly kind: 'give'; readonly who: string; readonly thing: string; readonly to: string }

/** Who and what is in a world of movements, and what can be done there. */
export interface MovementWorldParts {
  readonly people: readonly string[]
  readonly places: readonly string[]
  readonly things: readonly string[]
  readonly kinds: readonly Act['kind'][]
}

/** People who go from place to place, take things, carry, drop and give them. Where all are at first is not told. */
export class MovementWorld {
  private readonly rng: Rng
  private readonly parts: MovementWorldParts
  private readonly placeOf = new Map<string, string>()
  /** The holder of a thing, or the place where it lies. */
  private readonly whereIs = new Map<string, string>()

  constructor(rng: Rng, parts: MovementWorldParts) {
    this.rng = rng
    this.parts = parts
    for (const person of parts.people) this.placeOf.set(person, pick(rng, parts.places))
    for (const thing of parts.things) this.whereIs.set(thing, pick(rng, parts.places))
  }

  /** What happens next: a random person does a random thing that is possible. */
  next(): Act {
    for (;;) {
      const act = this.attempt(pick(this.rng, this.parts.people), pick(this.rng, this.parts.kinds))
      if (!act) continue
      if (act.kind === 'move') this.placeOf.set(act.who, act.place)
      else if (act.kind === 'get') this.whereIs.set(act.thing, act.who)
      else if (act.kind === 'give') this.whereIs.set(act.thing, act.to)
      else this.whereIs.set(act.thing, this.placeOf.get(act.who) as string)
      return act
    }
  }

  private attempt(who: string, kind: Act['kind']): Act | undefined {
    const { rng, parts } = this
    const here = this.placeOf.get(who) as string
    if (kind === 'move') return { kind, who, place: pickOther(rng, parts.places, here) }
    const within = parts.things.filter((thing) => this.whereIs.get(thing) === (kind === 'get' ? here : who))
    if (within.length === 0) return undefined
    const thing = pick(rng, within)
    if (kind !== 'give') return { kind, who, thing }
    const others = parts.people.filter((person) => person !== who && this.placeOf.get(person) === here)
    return others.length === 0 ? undefined : { kind, who, thing, to: pick(rng, others) }
  }
}
