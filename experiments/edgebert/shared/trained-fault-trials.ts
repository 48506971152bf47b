import type { CellFaults } from '../../../lib/hardware/mod.ts'
import { mean, type Rng } from '../../../lib/numeric/mod.ts'
import { type EncodedSentences, gather, judgeSentences, largestOf } from '../../../lib/training/mod.ts'
import type { ChangedRow, FaultyEmbedding, StoredPart } from './trained-embedding.ts'
import type { ExitNetwork } from './trained-exits.ts'

/** What reads of a faulty memory do to the accuracy of a network. */
export interface FaultTrials {
  readonly cells: number
  readonly expectedFaultyCells: number
  readonly meanFaultyCells: number
  /** Share of the reads without any change. */
  readonly cleanShare: number
  /** Shares of sentences that are right. */
  readonly meanAccuracy: number
  /** Standard error of the mean over the trials; 0 of a single one. */
  readonly standardError: number
  readonly leastAccuracy: number
}

/**
 * A network whose word embeddings are read from a faulty memory, on sentences. What no wrong word touches is not run
 * again.
 */
export class FaultyNetwork {
  readonly embedding: FaultyEmbedding
  /** Share of sentences that are right with what is read without fault. */
  readonly accuracy: number
  private readonly network: ExitNetwork
  private readonly sentences: EncodedSentences
  private readonly right: readonly boolean[]
  private readonly rightCount: number
  /** Sentences that each word is in. */
  private readonly sentencesOf: readonly ReadonlySet<number>[]

  /** Sets the network's word embeddings to those of the memory. */
  constructor(network: ExitNetwork, embedding: FaultyEmbedding, sentences: EncodedSentences) {
    this.network = network
    this.embedding = embedding
    this.sentences = sentences
    const { encoder } = network
    encoder.view(encoder.tensors.words).set(embedding.values)
    this.right = this.judge(sentences)
    this.rightCount = this.right.filter(Boolean).length
    this.accuracy = this.rightCount / sentences.count
    const sentencesOf = Array.from({ length: encoder.shape.vocabulary }, () => new Set<number>())
    for (let i = 0; i < sentences.count; i++) {
      for (const word of sentences.tokens.subarray(sentences.starts[i], sentences.starts[i + 1])) {
        sentencesOf[word]?.add(i)
      }
    }
    this.sentencesOf = sentencesOf
  }

  /** Reads a part of the embedding over and over, and runs the sentences with what comes out. */
  trials(part: StoredPart, faults: CellFaults, { trials, rng }: { trials: number; rng: Rng }): FaultTrials {
    const cells = this.embedding.cells(part, faults)
    const reads = Array.from({ length: trials }, () => {
      const { rows, faultyCells } = this.embedding.read(part, cells, rng)
      return { faultyCells, clean: rows.length === 0, right: this.rightWith(rows) }
    })
    return {
      cells: cells.words.length * cells.cellsPerWord,
      expectedFaultyCells: cells.expectedMisreads(),
      meanFaultyCells: mean(reads.map(({ faultyCells }) => faultyCells)),
      cleanShare: mean(reads.map(({ clean }) => Number(clean))),
      meanAccuracy: reads.reduce((sum, { right }) => sum + right, 0) / (trials * this.sentences.count),
      standardError: standardError(reads.map(({ right }) => right)) / this.sentences.count,
      leastAccuracy: Math.min(...reads.map(({ right }) => right)) / this.sentences.count,
    }
  }

  /** Sentences that are right where rows of the embedding are others. */
  rightWith(rows: readonly ChangedRow[]): number {
    const touched = [...new Set(rows.flatMap(({ row }) => [...(this.sentencesOf[row] ?? [])]))].sort((a, b) => a - b)
    if (touched.length === 0) return this.rightCount
    const { encoder } = this.network
    const words = encoder.view(encoder.tensors.words)
    for (const { row, values } of rows) words.set(values, row * this.embedding.width)
    const found = this.judge(gather(this.sentences, touched))
    words.set(this.embedding.values)
    return touched.reduce((sum, index, i) => sum + Number(found[i]) - Number(this.right[index]), this.rightCount)
  }

  private judge(sentences: Parameters<typeof judgeSentences>[1]): boolean[] {
    const { encoder } = this.network
    const { classes } = encoder.shape
    const [logits] = judgeSentences(encoder, sentences).logits
    return Array.from({ length: sentences.count }, (_, i) => {
      return largestOf(logits as Float32Array, i * classes, classes) === sentences.labels[i]
    })
  }
}

/** Standard error of a mean: deviation of a sample over the root of its size; 0 of a single value. */
export function standardError(values: readonly number[]): number {
  if (values.length < 2) return 0
  const centre = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - centre) * (value - centre), 0)
  return Math.sqrt(squares / (values.length - 1) / values.length)
}
