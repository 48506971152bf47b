import {
  type AccelTran,
  type AccelTranQuirks,
  type AccelTranRun,
  type Sparsity,
  splitBuffers,
} from '../../lib/accelerators/acceltran/mod.ts'
import { parseDecimal } from '../../lib/harness/decimal.ts'
import { didYouMean } from '../../lib/harness/nearest.ts'

/** Settings by their short keys. */
type Settings = Readonly<Record<string, number>>

/** BERT-Tiny on the edge device, every switch as published. */
const EDGE: Settings = {
  seq: 128,
  batch: 4,
  l: 2,
  heads: 2,
  hd: 64,
  h: 128,
  ff: 512,
  vocab: 30522,
  pe: 64,
  lanes: 16,
  sm: 4,
  ab: 4,
  wb: 8,
  mb: 1,
  mmbw: 785.365,
  bufbw: 11350.98,
  mme: 13.43777522,
  as: 0.5,
  ws: 0.5,
  issue: 8,
  plot: 1000,
  dup: 1,
  adv: 1,
  bcast: 1,
  gap: 1,
  lastcmp: 1,
  fixorder: 0,
  pin: 1,
  gelu: 1,
  wbatch: 1,
  maskdup: 1,
  olde: 0,
  leak: 1,
  sub: 1,
}
const SERVER: Settings = {
  ...EDGE,
  seq: 512,
  pe: 512,
  lanes: 32,
  sm: 32,
  ab: 32,
  wb: 64,
  mb: 8,
  mmbw: 7853.65,
  mme: 8.63281599,
  issue: 128,
}

/** Configurations that a row begins with. */
export const BASES: Readonly<Record<string, Settings>> = {
  T: {
    ...EDGE,
    seq: 32,
    batch: 2,
    hd: 16,
    h: 32,
    ff: 64,
    vocab: 64,
    pe: 8,
    lanes: 4,
    sm: 2,
    ab: 0.0625,
    wb: 0.0625,
    mb: 0.03125,
    issue: 4,
  },
  E: EDGE,
  S: SERVER,
  SB: { ...SERVER, l: 12, heads: 12, h: 768, ff: 3072 },
}

/** Keys of the settings. */
export const KEYS: readonly string[] = Object.keys(EDGE)

/** All rules corrected that have a check vector. */
const CORRECTED: Settings = {
  dup: 0,
  adv: 0,
  bcast: 0,
  gap: 0,
  lastcmp: 0,
  fixorder: 1,
  pin: 0,
  gelu: 0,
  wbatch: 0,
  maskdup: 0,
  plot: 1,
}

const SWITCHES = [
  'dup',
  'adv',
  'bcast',
  'gap',
  'lastcmp',
  'fixorder',
  'pin',
  'gelu',
  'wbatch',
  'maskdup',
  'olde',
  'leak',
  'sub',
]

/**
 * Reads a configuration: a base, then changes: `key=value`, `COR` (all rules corrected), `@10MB` (net buffer size).
 *
 * @throws {SyntaxError} naming what is wrong with it
 */
export function parseSettings(text: string): Settings {
  const [base = '', ...changes] = text.trim().split(/\s+/)
  const start = Object.hasOwn(BASES, base) ? BASES[base] : undefined
  if (!start) {
    throw new SyntaxError(
      `Cannot read a configuration: it must begin with ${Object.keys(BASES).join(', ')}, got "${base}"`,
    )
  }
  const settings: Record<string, number> = { ...start }
  for (const change of changes) {
    const size = /^@(.+)MB$/.exec(change)?.[1]
    if (change === 'COR') Object.assign(settings, CORRECTED)
    else if (size !== undefined) {
      const { activationMb, weightMb, maskMb } = splitBuffers(decimal(change, size))
      Object.assign(settings, { ab: activationMb, wb: weightMb, mb: maskMb })
    } else {
      const [key = '', value] = change.split('=')
      if (value === undefined || !KEYS.includes(key)) {
        throw new SyntaxError(
          `Cannot read "${change}": it must be COR, @10MB or key=value${didYouMean(key, KEYS)} (keys: ${KEYS.join(' ')})`,
        )
      }
      settings[key] = decimal(change, value)
    }
  }
  const unclear = SWITCHES.find((key) => settings[key] !== 0 && settings[key] !== 1)
  if (unclear) throw new SyntaxError(`Cannot read ${unclear}: a switch must be 0 or 1, got ${settings[unclear]}`)
  return settings
}

function decimal(change: string, text: string): number {
  const value = parseDecimal(text)
  if (!Number.isFinite(value)) throw new SyntaxError(`Cannot read "${change}": it must have a number, got "${text}"`)
  return value
}

/** What a simulation is given, from settings. */
export interface VectorCase {
  readonly run: AccelTranRun
  readonly machine: AccelTran
  readonly sparsity: Sparsity
  readonly quirks: AccelTranQuirks
  readonly reportPeriod: number
}

/** Settings as a simulation. */
export function vectorCase(settings: Settings): VectorCase {
  const at = (key: string) => settings[key] as number
  const on = (key: string) => settings[key] === 1
  return {
    run: {
      shape: { layers: at('l'), heads: at('heads'), headWidth: at('hd'), hidden: at('h'), ffn: at('ff') },
      vocabulary: at('vocab'),
      sequence: at('seq'),
      batch: at('batch'),
    },
    machine: {
      pes: at('pe'),
      macLanesPerPe: at('lanes'),
      softmaxPerPe: at('sm'),
      tileSide: 16,
      issueWidth: at('issue'),
      clockMhz: 700,
      buffers: { activationMb: at('ab'), weightMb: at('wb'), maskMb: at('mb') },
      mainMemoryBitsPerCycle: at('mmbw'),
      bufferBitsPerCycle: at('bufbw'),
      mainMemoryAccessNj: at('mme'),
    },
    sparsity: { activations: at('as'), weights: at('ws') },
    quirks: {
      repeatedIssue: on('dup'),
      droppedOperations: on('adv'),
      softmaxBroadcast: on('bcast'),
      freeGap: on('gap'),
      roomByNewest: on('lastcmp'),
      positionsAsHeads: !on('fixorder'),
      releaseOvertakes: on('pin'),
      geluTwice: on('gelu'),
      weightsPerBatchElement: on('wbatch'),
      maskAtFullCost: on('maskdup'),
      denseLoadEnergy: on('olde'),
      // Neither is a switch of the reference.
      missingDependencies: true,
      denseStoreEnergy: true,
      idleBuffersFree: on('leak'),
      idleSubmodules: on('sub'),
      staleSkip: at('plot') > 1,
    },
    reportPeriod: at('plot'),
  }
}
