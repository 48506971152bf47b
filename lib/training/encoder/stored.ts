import { createHash } from 'node:crypto'
import { VOCABULARY } from '../sentences/mod.ts'
import type { Capacity } from './batch.ts'
import { Encoder } from './encoder.ts'
import type { EncoderShape } from './shape.ts'
import { decodeTensor, encodeTensor, type StoredTensor, storedBytes } from './tensor-codes.ts'

/** What a file of stored encoders says it is. */
export const STORED_FORMAT = 'reprise-encoders 1'

/** An encoder's weights, where they are from, and what they must give. */
export interface StoredEncoder {
  readonly name: string
  readonly seed: number
  /** What trains it anew. */
  readonly command: string
  /** Name and version of what it learned from. */
  readonly data: string
  readonly shape: EncoderShape
  /** Its words, where they are others than those of our tasks. */
  readonly vocabulary?: readonly string[]
  /** Name of the stored encoder of the same seed that has all tensors which are not stored here. */
  readonly base?: string
  /** What its test found, on the weights as stored. */
  readonly metrics: Readonly<Record<string, number>>
  /** The tensors stored, in order. */
  readonly tensors: readonly StoredTensor[]
  /** Of the codes' bytes. */
  readonly sha256: string
  /** Of shape, base and tensors, with which the codes become weights. */
  readonly headSha256: string
  /** Codes of the tensors, one behind the other. */
  readonly base64: string
}

/** What a file of stored encoders holds. */
export interface StoredEncoders {
  readonly format: typeof STORED_FORMAT
  readonly networks: readonly StoredEncoder[]
  /** Tables that were measured while training, of networks that are not stored too. */
  readonly records: Readonly<Record<string, readonly StoredRow[]>>
}

/** A measured row. */
export type StoredRow = Readonly<Record<string, number | string>>

/**
 * Packs an encoder's weights into integers.
 *
 * @param options.keep which tensors are stored; `base` names the encoder that has the others @default all but the
 *   language head
 */
export function packEncoder(
  encoder: Encoder,
  options: Pick<StoredEncoder, 'name' | 'seed' | 'command' | 'data' | 'metrics' | 'vocabulary'> & {
    readonly base?: string
    readonly keep?: (name: string) => boolean
  },
): StoredEncoder {
  const { keep = (name: string) => !name.startsWith('language'), base, ...said } = options
  const kept = encoder.tensors.all.filter(({ name }) => keep(name))
  const coded = kept.map((tensor) => encodeTensor(tensor.name, encoder.view(tensor), tensor))
  const data = new Uint8Array(coded.reduce((sum, { bytes }) => sum + bytes.length, 0))
  let at = 0
  for (const { bytes } of coded) {
    data.set(bytes, at)
    at += bytes.length
  }
  let text = ''
  for (const byte of data) text += String.fromCharCode(byte)
  // The language head is only of use in pre-training.
  const { language: _, ...shape } = encoder.shape
  const head = { shape, ...(base === undefined ? {} : { base }), tensors: coded.map(({ tensor }) => tensor) }
  return { ...said, ...head, sha256: sha256Of(data), headSha256: headOf(head), base64: btoa(text) }
}

/** The hash of bytes or of a text, in hexadecimal digits. */
export const sha256Of = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex')

/** The hash of all that makes weights of codes. */
function headOf({ shape, base, tensors }: Pick<StoredEncoder, 'shape' | 'base' | 'tensors'>): string {
  return sha256Of(JSON.stringify({ shape, base, tensors }))
}

/**
 * Unpacks a stored encoder, after checking its hash; with those it names as its base.
 *
 * @param stored the file it is in
 * @param name which, of which seed
 * @param options.vocabulary words of the inputs it will see @default those of our tasks
 * @throws {RangeError} if there is none such
 * @throws {TypeError} if its weights are not those that were stored, or it knows other words
 */
export function unpackEncoder(
  stored: StoredEncoders,
  { name, seed }: { readonly name: string; readonly seed: number },
  options: {
    readonly capacity: Capacity
    readonly kind?: 'simd' | 'plain'
    readonly vocabulary?: readonly string[] | undefined
  },
): Encoder {
  const own = findStored(stored, { name, seed })
  checkWords(own, options.vocabulary ?? VOCABULARY)
  const encoder = new Encoder(own.shape, options.capacity, options)
  fill(encoder, stored, own)
  return encoder
}

function checkWords({ name, seed, shape, vocabulary }: StoredEncoder, needed: readonly string[]): void {
  const same = vocabulary === undefined ? needed === VOCABULARY : JSON.stringify(vocabulary) === JSON.stringify(needed)
  if (same && shape.vocabulary === needed.length) return
  const count = vocabulary?.length ?? shape.vocabulary
  throw new TypeError(
    `Cannot use the stored encoder ${name} of seed ${seed}: its words must be the ${needed.length} of the sentences it is to judge, got ${count} others`,
  )
}

/**
 * Finds a stored encoder.
 *
 * @throws {RangeError} if there is none such
 */
export function findStored(
  { networks }: StoredEncoders,
  { name, seed }: { readonly name: string; readonly seed: number },
): StoredEncoder {
  const own = networks.find((network) => network.name === name && network.seed === seed)
  if (own) return own
  const known = networks.map((network) => `${network.name} ${network.seed}`).join(', ')
  throw new RangeError(`Cannot use a stored encoder: name and seed must be one of ${known}, got ${name} ${seed}`)
}

function fill(encoder: Encoder, stored: StoredEncoders, own: StoredEncoder): void {
  if (own.base !== undefined) fill(encoder, stored, findStored(stored, { name: own.base, seed: own.seed }))
  const what = nameOf(own)
  const data = codesOf(own)
  const tensors = own.tensors.map((tensor) => {
    const place = encoder.tensors.all.find(({ name }) => name === tensor.name)
    if (!place) throw new TypeError(`${what}: its tensors must be those of its shape, got ${tensor.name}`)
    return { tensor, place, bytes: storedBytes(tensor, place) }
  })
  const needed = tensors.reduce((sum, { bytes }) => sum + bytes, 0)
  if (data.length !== needed) throw new TypeError(`${what}: it must have ${needed} bytes, got ${data.length}`)
  let at = 0
  for (const { tensor, place, bytes } of tensors) {
    decodeTensor(tensor, data.subarray(at, at + bytes), { values: encoder.view(place), rows: place.rows })
    at += bytes
  }
}

/**
 * The codes of a stored encoder, after checking its hashes.
 *
 * @throws {TypeError} if codes, shape or tensors are not those that were stored
 */
export function codesOf(own: StoredEncoder): Uint8Array<ArrayBuffer> {
  const what = nameOf(own)
  const data = Uint8Array.from(decoded(own.base64, what), (char) => char.charCodeAt(0))
  const found = sha256Of(data)
  if (found !== own.sha256) {
    throw new TypeError(
      `${what}: the SHA-256 of its weights must be ${own.sha256}, got ${found} (${own.command} makes them anew)`,
    )
  }
  const head = headOf(own)
  if (head !== own.headSha256) {
    throw new TypeError(`${what}: the SHA-256 of its shape and tensors must be ${own.headSha256}, got ${head}`)
  }
  return data
}

const nameOf = ({ name, seed }: StoredEncoder): string => `Cannot use the stored encoder ${name} of seed ${seed}`

function decoded(base64: string, what: string): string {
  try {
    return atob(base64)
  } catch {
    throw new TypeError(`${what}: its weights must be in base64, got other text`)
  }
}
