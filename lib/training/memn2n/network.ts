import { crossEntropy, crossEntropyGradients } from '../cross-entropy.ts'
import { createKernels, type Kernels, Layout } from '../kernels.ts'
import { layOutParameters, levels, type NetworkShape, type ParameterBlocks } from './blocks.ts'
import type { Corpus } from './corpus.ts'
import { positionWeights } from './positions.ts'
import { type ScoreMode, ScoreWeights } from './score-weights.ts'
import { SentenceList } from './sentence-list.ts'

/**
 * An end-to-end memory network (Sukhbaatar et al., NIPS 2015) with adjacent weight tying, position and temporal encoding,
 * and a learned pruning threshold per hop (LeOPArd Sec. 3.1), with its gradients.
 *
 * Embedding tables E_0 ... E_H: the memory of hop h is E_(h-1) of the statements, its output E_h, the question E_0, the
 * answer's weights E_H. Ages T_0 ... T_H likewise; row 0 belongs to the latest statement.
 */
export class Network {
  readonly shape: NetworkShape
  readonly kernels: Kernels
  readonly parameters: ParameterBlocks
  /** Their gradients, in the same order, and their moments for Adam. */
  readonly gradients: number
  readonly moments: readonly [number, number]
  readonly thresholds: Float64Array
  readonly thresholdGradients: Float64Array
  /** Queries u_0 ... u_H of the last question. */
  readonly queries: readonly number[]
  /** Memory rows m_h of the last question: those of hop h + 1, and what hop h gives out. */
  readonly memories: readonly number[]
  /** Scores of the last question's hops, before anything is done to them. */
  readonly scores: readonly number[]
  readonly logits: number
  /** Surrogate count of kept scores of the last question, over its scores. */
  keptShare = 0

  private readonly corpus: Corpus
  private readonly at: Readonly<
    Record<'starts' | 'words' | 'stories' | 'positions' | 'ageIndex' | 'list' | 'change' | 'slope' | 'delta', number>
  >
  private readonly sentences: readonly number[]
  private readonly sentenceGradients: readonly number[]
  private readonly memoryGradients: readonly number[]
  private readonly weights: readonly number[]
  private readonly scoreWeights: ScoreWeights
  private readonly distinct: SentenceList

  /**
   * @param corpus the questions it will be asked; sentences are embedded once per batch
   * @param kind which kernels to use
   */
  constructor(shape: NetworkShape, corpus: Corpus, kind?: Kernels['kind']) {
    this.shape = shape
    this.corpus = corpus
    const { vocabulary, width, hops, slots } = shape
    const sentenceCount = corpus.starts.length - 1
    const layout = new Layout()
    const all = (count: number) => levels(hops, () => layout.block(count))
    this.parameters = layOutParameters(layout, shape)
    this.gradients = layout.block(this.parameters.count)
    this.moments = [layout.block(this.parameters.count), layout.block(this.parameters.count)]
    this.sentences = all(sentenceCount * width)
    this.sentenceGradients = all(sentenceCount * width)
    this.queries = all(width)
    this.memories = all(slots * width)
    this.memoryGradients = all(slots * width)
    this.scores = all(slots)
    this.weights = all(slots)
    this.logits = layout.block(vocabulary)
    const positions = positionWeights(corpus.longest, width)
    this.at = {
      starts: layout.block(corpus.starts.length),
      words: layout.block(corpus.words.length),
      stories: layout.block(corpus.stories.length),
      positions: layout.block(positions.length),
      ageIndex: layout.block(slots),
      list: layout.block(sentenceCount),
      change: layout.block(slots),
      slope: layout.block(slots),
      delta: layout.block(width),
    }
    this.kernels = createKernels(layout.size, { width, ...(kind ? { kind } : {}) })
    const { floats, ints } = this.kernels
    ints.set(corpus.starts, this.at.starts)
    ints.set(corpus.words, this.at.words)
    ints.set(corpus.stories, this.at.stories)
    floats.set(positions, this.at.positions)
    for (let slot = 0; slot < slots; slot++) ints[this.at.ageIndex + slot] = slot
    this.thresholds = new Float64Array(hops)
    this.thresholdGradients = new Float64Array(hops)
    this.scoreWeights = new ScoreWeights(floats, { hops, slots })
    this.distinct = new SentenceList(corpus, ints, this.at.list)
  }

  /** All parameters but the thresholds; a view. */
  get values(): Float32Array {
    const { start, count } = this.parameters
    return this.kernels.floats.subarray(start, start + count)
  }

  /** Statements of question q. */
  statements(q: number): number {
    return (this.corpus.storyStarts[q + 1] as number) - (this.corpus.storyStarts[q] as number)
  }

  /** Ages of the statements of the next question, for training with noise; ages count from 0, the latest. */
  setAge(statement: number, age: number): void {
    this.kernels.ints[this.at.ageIndex + statement] = Math.min(age, this.shape.slots - 1)
  }

  /**
   * Embeds the sentences of some questions under the present parameters; must come before they are asked.
   *
   * @param order question numbers, read from `from` to `to`
   */
  embed(order: ArrayLike<number>, from: number, to: number): void {
    this.forSentences(order, { from, to }, (list, count, level) => {
      const { starts, words, positions } = this.at
      const [table, out] = [this.parameters.tables[level] as number, this.sentences[level] as number]
      this.kernels.embed(list, count, starts, words, positions, this.shape.width, table, out)
    })
  }

  /** Clears the gradients, also those of the sentences of some questions. */
  clearGradients(order: ArrayLike<number>, from: number, to: number): void {
    const { floats } = this.kernels
    const { width } = this.shape
    floats.fill(0, this.gradients, this.gradients + this.parameters.count)
    this.thresholdGradients.fill(0)
    this.forSentences(order, { from, to }, (list, count, level) => {
      const base = this.sentenceGradients[level] as number
      for (let s = list; s < list + count; s++) {
        const row = base + (this.kernels.ints[s] as number) * width
        floats.fill(0, row, row + width)
      }
    })
  }

  /** Carries the gradients of the sentences of some questions on to the words' embeddings. */
  collectGradients(order: ArrayLike<number>, from: number, to: number): void {
    this.forSentences(order, { from, to }, (list, count, level) => {
      const { starts, words, positions } = this.at
      const [gradients, out] = [
        this.sentenceGradients[level] as number,
        this.gradientOf(this.parameters.tables[level] as number),
      ]
      this.kernels.embedBackward(list, count, starts, words, positions, this.shape.width, gradients, out)
    })
  }

  /**
   * Asks a question.
   *
   * @returns the cross entropy of its answer, nat; NaN where the answer is no word of the vocabulary
   */
  forward(q: number, mode: ScoreMode): number {
    const { kernels, queries, memories, scores } = this
    const { width, hops, vocabulary } = this.shape
    const { floats } = kernels
    const count = this.statements(q)
    this.gather(q, count)
    this.keptShare = 0
    for (let hop = 0; hop < hops; hop++) {
      const [query, next, weights] = [queries[hop] as number, queries[hop + 1] as number, this.weights[hop] as number]
      kernels.matvec(memories[hop] as number, count, width, query, scores[hop] as number)
      const threshold = this.thresholds[hop] as number
      const kept = this.scoreWeights.weigh(mode, { hop, threshold, scores: scores[hop] as number, weights, count })
      if (count > 0) this.keptShare += kept / (count * hops)
      floats.copyWithin(next, query, query + width)
      kernels.addWeightedRows(memories[hop + 1] as number, count, width, weights, next)
    }
    kernels.matvec(this.parameters.tables[hops] as number, vocabulary, width, queries[hops] as number, this.logits)
    return crossEntropy(floats, { logits: this.logits, count: vocabulary, answer: this.corpus.answers[q] as number })
  }

  /** The word the last question was answered with. */
  answer(): number {
    const { floats } = this.kernels
    let best = 0
    for (let word = 1; word < this.shape.vocabulary; word++) {
      if ((floats[this.logits + word] as number) > (floats[this.logits + best] as number)) best = word
    }
    return best
  }

  /** The answer that is right. */
  rightAnswer(q: number): number {
    return this.corpus.answers[q] as number
  }

  /** Gathers u_0 and the memories of a question; {@link Network.embed} must have seen it. */
  gather(q: number, count: number): void {
    const { kernels, at } = this
    const { width, hops } = this.shape
    const question = (this.sentences[0] as number) + (this.corpus.questions[q] as number) * width
    kernels.floats.copyWithin(this.queries[0] as number, question, question + width)
    const story = at.stories + (this.corpus.storyStarts[q] as number)
    for (let level = 0; level <= hops; level++) {
      const [rows, ages] = [this.sentences[level] as number, this.parameters.ages[level] as number]
      kernels.gatherSum(rows, story, ages, at.ageIndex, count, width, this.memories[level] as number)
    }
  }

  /** Adds the gradients of the last question, which {@link Network.forward} was asked in the same mode. */
  backward(q: number, mode: ScoreMode): void {
    const { kernels, at, queries, memories, memoryGradients } = this
    const { width, hops, vocabulary } = this.shape
    const { floats } = kernels
    const count = this.statements(q)
    const answers = this.parameters.tables[hops] as number
    crossEntropyGradients(floats, { logits: this.logits, count: vocabulary, answer: this.corpus.answers[q] as number })
    floats.fill(0, at.delta, at.delta + width)
    kernels.addWeightedRows(answers, vocabulary, width, this.logits, at.delta)
    kernels.addOuter(this.gradientOf(answers), vocabulary, width, this.logits, queries[hops] as number)
    for (const rows of memoryGradients) floats.fill(0, rows, rows + count * width)
    for (let hop = hops - 1; hop >= 0; hop--) {
      kernels.matvec(memories[hop + 1] as number, count, width, at.delta, at.change)
      kernels.addOuter(memoryGradients[hop + 1] as number, count, width, this.weights[hop] as number, at.delta)
      const weights = this.weights[hop] as number
      const pull = this.scoreWeights.slopes(mode, { hop, weights, change: at.change, slope: at.slope, count })
      this.thresholdGradients[hop] = (this.thresholdGradients[hop] as number) + pull
      kernels.addOuter(memoryGradients[hop] as number, count, width, at.slope, queries[hop] as number)
      kernels.addWeightedRows(memories[hop] as number, count, width, at.slope, at.delta)
    }
    const story = at.stories + (this.corpus.storyStarts[q] as number)
    for (let level = 0; level <= hops; level++) {
      const [rows, ages] = [
        this.sentenceGradients[level] as number,
        this.gradientOf(this.parameters.ages[level] as number),
      ]
      kernels.scatterSum(memoryGradients[level] as number, count, width, rows, story, ages, at.ageIndex)
    }
    const question = (this.sentenceGradients[0] as number) + (this.corpus.questions[q] as number) * width
    for (let i = 0; i < width; i++) {
      floats[question + i] = (floats[question + i] as number) + (floats[at.delta + i] as number)
    }
  }

  /** Where the gradient of a block of parameters lies. */
  gradientOf(block: number): number {
    return this.gradients + block - this.parameters.start
  }

  /** Visits the distinct sentences of questions: their statements at every level, the questions too at level 0. */
  private forSentences(
    order: ArrayLike<number>,
    range: { readonly from: number; readonly to: number },
    visit: (list: number, count: number, level: number) => void,
  ): void {
    const { statements, all } = this.distinct.gather(order, range)
    for (let level = 0; level <= this.shape.hops; level++) visit(this.at.list, level === 0 ? all : statements, level)
  }
}
