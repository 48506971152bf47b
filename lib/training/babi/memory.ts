import type { Act } from './movement-world.ts'

/** A place, and the line that told it. */
export interface Told {
  readonly place: string
  readonly line: number
}

/** A thing in somebody's hands: when it was taken, where it was carried, when it was dropped or given away. */
export interface Carry {
  readonly who: string
  readonly taken: number
  readonly trail: Told[]
  ended?: number
}

/** A gift that was told. */
export interface Gift {
  readonly who: string
  readonly thing: string
  readonly to: string
  readonly line: number
}

/** What somebody holds, in the order of taking; the lines about it, and the last of them about an act of one's own. */
export interface Hands {
  readonly things: string[]
  readonly lines: number[]
  acted: number
}

/** What a reader of a story of acts knows. */
export class Memory {
  /** Where people were last told to go. */
  readonly places = new Map<string, Told>()
  /** How each thing was last carried. */
  readonly carries = new Map<string, Carry>()
  readonly gifts: Gift[] = []
  readonly hands = new Map<string, Hands>()
  private readonly dropped = new Map<string, Told | undefined>()

  /** Takes in an act told in a line. */
  note(act: Act, line: number): void {
    if (act.kind === 'move') {
      const told = { place: act.place, line }
      this.places.set(act.who, told)
      for (const carry of this.carries.values()) {
        if (carry.who === act.who && carry.ended === undefined) carry.trail.push(told)
      }
      return
    }
    const { who, thing } = act
    this.handsOf(who).acted = line
    if (act.kind === 'get') this.take(thing, who, line)
    else this.letGo(thing, who, line)
    if (act.kind === 'drop') this.dropped.set(thing, this.places.get(who))
    if (act.kind === 'give') {
      this.take(thing, act.to, line)
      this.gifts.push({ who, thing, to: act.to, line })
    }
  }

  /** Where a thing is, and the two lines that tell it (the newest act on it, its holder's move), if they do. */
  whereIs(thing: string): { readonly place: string; readonly supports: readonly [number, number] } | undefined {
    const carry = this.carries.get(thing)
    if (!carry) return undefined
    const told = carry.ended === undefined ? this.places.get(carry.who) : this.dropped.get(thing)
    return told && { place: told.place, supports: [carry.ended ?? carry.taken, told.line] }
  }

  private take(thing: string, who: string, line: number): void {
    this.carries.set(thing, { who, taken: line, trail: [] })
    const hands = this.handsOf(who)
    hands.things.push(thing)
    hands.lines.push(line)
  }

  private letGo(thing: string, who: string, line: number): void {
    const carry = this.carries.get(thing)
    if (carry) carry.ended = line
    const hands = this.handsOf(who)
    hands.things.splice(hands.things.indexOf(thing), 1)
    hands.lines.push(line)
  }

  private handsOf(who: string): Hands {
    const known = this.hands.get(who) ?? { things: [], lines: [], acted: 0 }
    this.hands.set(who, known)
    return known
  }
}
