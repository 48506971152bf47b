/** The people of the tasks about a house, and of those about a town. */
export const HOUSE_PEOPLE = ['Daniel', 'John', 'Mary', 'Sandra'] as const
export const TOWN_PEOPLE = ['Bill', 'Fred', 'Julie', 'Mary'] as const
/** The people who give each other things. */
export const GIVING_PEOPLE = ['Bill', 'Fred', 'Jeff', 'Mary'] as const

/** The places of a house, and of a town. */
export const HOUSE_PLACES = ['bathroom', 'bedroom', 'garden', 'hallway', 'kitchen', 'office'] as const
export const TOWN_PLACES = ['bedroom', 'cinema', 'kitchen', 'office', 'park', 'school'] as const

/** What can be carried. */
export const THINGS = ['apple', 'football', 'milk'] as const

/** Ways to say that somebody went to a place, took a thing, let go of it, or handed it on. */
export const MOVED = ['journeyed to', 'moved to', 'travelled to', 'went back to', 'went to'] as const
export const GOT = ['got', 'grabbed', 'picked up', 'took'] as const
export const DROPPED = ['discarded', 'dropped', 'left', 'put down'] as const
export const GAVE = ['gave', 'handed', 'passed'] as const

/** The pronoun of a person. */
export const PRONOUN: Readonly<Record<(typeof HOUSE_PEOPLE)[number], 'he' | 'she'>> = {
  Daniel: 'he',
  John: 'he',
  Mary: 'she',
  Sandra: 'she',
}

/** How a sentence goes on from the one before. */
export const NEXT = ['After that', 'Afterwards', 'Following that', 'Then'] as const
