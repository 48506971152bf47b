import type { Corpus } from './corpus.ts'

/** Finds the distinct sentences of some questions, so that each is embedded once. */
export class SentenceList {
  private readonly corpus: Corpus
  private readonly ints: Int32Array
  private readonly start: number
  private readonly stamps: Int32Array
  private stamp = 0

  /** @param start where the list lies in `ints` */
  constructor(corpus: Corpus, ints: Int32Array, start: number) {
    this.corpus = corpus
    this.ints = ints
    this.start = start
    this.stamps = new Int32Array(corpus.starts.length - 1)
  }

  /**
   * Lists the sentences of questions.
   *
   * @param order question numbers, read from `from` to `to`
   * @returns how many statements stand first in the list, and how many sentences there are with the questions
   */
  gather(
    order: ArrayLike<number>,
    { from, to }: { readonly from: number; readonly to: number },
  ): { readonly statements: number; readonly all: number } {
    const { storyStarts, stories, questions } = this.corpus
    this.stamp++
    let count = 0
    for (let o = from; o < to; o++) {
      const q = order[o] as number
      const end = storyStarts[q + 1] as number
      for (let s = storyStarts[q] as number; s < end; s++) count = this.add(stories[s] as number, count)
    }
    const statements = count
    for (let o = from; o < to; o++) count = this.add(questions[order[o] as number] as number, count)
    return { statements, all: count }
  }

  private add(sentence: number, count: number): number {
    if (this.stamps[sentence] === this.stamp) return count
    this.stamps[sentence] = this.stamp
    this.ints[this.start + count] = sentence
    return count + 1
  }
}
