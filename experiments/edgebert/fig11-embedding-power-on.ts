#!/usr/bin/env -S npx tsx
import {
  type Cost,
  loadFromDram,
  RERAM_ACCESSES,
  type ReramAccess,
  type ReramStore,
  readReram,
} from '../../lib/accelerators/edgebert/mod.ts'
import {
  CELL_KINDS,
  type CellKind,
  dramStream,
  LPDDR4_2400,
  type MemoryMacro,
  NVSIM_SOURCE,
  RERAM_CELLS,
  reramCell,
  smallestMacro,
} from '../../lib/hardware/mod.ts'
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import type { BitmaskBytes, Quantity } from '../../lib/numeric/mod.ts'
import { EMBEDDING_PARAMS, embeddingBytes } from './shared/embedding-params.ts'
import { assumed } from './shared/machine-params.ts'
import { powerOnFigure } from './shared/power-on-figure.ts'
import { edgebert, SENTENCE_TOKENS } from './shared/tasks.ts'

/** What is read from the ReRAM after power-on. */
const SCOPES = ['all', 'sentence', 'token'] as const
type Scope = (typeof SCOPES)[number]
const BYTES_PER_MB = 1e6

/** Access energies of a macro that the default run uses. */
const macroConstants = <N extends string>(name: N, { readPj, writePj, cellKib }: MemoryMacro) =>
  ({
    [`${name}CellKib`]: { value: cellKib, unit: 'KiB', source: NVSIM_SOURCE },
    [`${name}ReadPj`]: { value: readPj, unit: 'pJ', source: NVSIM_SOURCE },
    [`${name}WritePj`]: { value: writePj, unit: 'pJ', source: NVSIM_SOURCE },
  }) as Record<`${N}CellKib` | `${N}ReadPj` | `${N}WritePj`, Quantity>

const fig11 = experiment({
  id: 'edgebert/fig11-embedding-power-on',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Fig. 11',
  title: 'Embeddings after power-on: ReRAM against DRAM read, SRAM write and SRAM read; and their footprint',
  params: {
    ...EMBEDDING_PARAMS,
    tokens: { ...SENTENCE_TOKENS, type: 'integer', description: 'tokens of a sentence' },
    maskOfNonZerosOnly: {
      type: 'boolean',
      value: false,
      unit: '1',
      source: {
        kind: 'derived',
        how: '0.4 x 3.84e6 x 9/8 byte = 1.728 MB is the printed 1.73; with a mask bit per element it is 2.016 MB',
      },
      description: 'count a mask bit for every non-zero instead of every element',
    },
    reads: {
      type: 'string',
      value: 'all',
      choices: SCOPES,
      unit: '1',
      source: {
        kind: 'derived',
        how: 'the caption says all embedding weights; only with one sentence does either printed factor come into reach',
      },
      description: 'what is read from the ReRAM',
    },
    overlapWrites: {
      type: 'boolean',
      value: true,
      unit: '1',
      source: { kind: 'assumed', why: 'writes to SRAM can hide behind the DRAM stream', range: 'true or false' },
      description: 'hide SRAM writes behind the DRAM stream as far as they are no slower',
    },
    sramPortBytesPerNs: assumed(16, [8, 64], {
      unit: 'byte/ns',
      why: 'a vector of 16 values a cycle at 1 GHz, as the decoders take it',
      description: 'bandwidth of the SRAM copy',
    }),
    access: {
      type: 'string',
      value: 'vector',
      choices: RERAM_ACCESSES,
      unit: '1',
      source: {
        kind: 'derived',
        how: 'Sec. 7.3: every cycle a vector is fetched with its mask and decoded; packed reads whole words, the least there can be',
      },
      description: 'how the decoder reads compressed values',
    },
    vectorValues: {
      type: 'integer',
      value: 16,
      max: 4096,
      unit: 'element',
      source: edgebert('Sec. 7.3: the decoder fetches a vector of n, 16 on the chosen accelerator'),
      description: 'values that a read by vector decodes to',
    },
    valueCellBits: {
      type: 'integer',
      value: 2,
      max: 2,
      unit: 'bit',
      source: edgebert('Sec. 7.2'),
      description: 'bits per cell of the values',
    },
    maskCellBits: {
      type: 'integer',
      value: 1,
      max: 2,
      unit: 'bit',
      source: edgebert('Sec. 7.2'),
      description: 'bits per cell of the mask',
    },
    reramMb: {
      type: 'number',
      value: 2,
      unit: 'MB',
      source: edgebert('Sec. 7.2'),
      description: 'capacity of the ReRAM buffer',
    },
  },
  constants: {
    mlc2ReadNs: RERAM_CELLS.mlc2ReadNs,
    slcReadNs: RERAM_CELLS.slcReadNs,
    dramClockNs: { value: LPDDR4_2400.clockNs, unit: 'ns', source: LPDDR4_2400.source },
    dramBurstMa: { value: LPDDR4_2400.idd4r, unit: 'mA', source: LPDDR4_2400.source },
    ...macroConstants('reramValues', smallestMacro('RRAM', 2, 1_536_000)),
    ...macroConstants('reramMask', smallestMacro('RRAM', 1, 192_000)),
    ...macroConstants('sram', smallestMacro('SRAM', 1, 1_728_000)),
  },
  variants: {
    'as-published': {
      why: 'the footprint has a mask bit per non-zero, and the ReRAM is read for one sentence while the DRAM loads everything',
      set: { maskOfNonZerosOnly: true, reads: 'sentence' },
    },
    corrected: {
      why: 'a mask bit per element, and both sides read all embedding weights, as the caption says',
      set: { maskOfNonZerosOnly: false, reads: 'all' },
    },
  },
  schema: tables({
    footprint: {
      rule: { type: 'string', 'x-key': true },
      valueMb: { type: 'number', unit: 'MB' },
      maskMb: { type: 'number', unit: 'MB' },
      totalMb: { type: 'number', unit: 'MB' },
      fits: { type: 'boolean', description: 'into the ReRAM buffer, MB of 10^6 byte' },
      areaMm2: { type: 'number', unit: 'mm2', description: 'at the densities of Table 2' },
      claim: { type: 'string', 'x-claim': 'totalMb' },
    },
    powerOn: {
      side: { type: 'string', enum: ['DRAM and SRAM', 'ReRAM'], 'x-key': true },
      step: { type: 'string', 'x-key': true },
      latencyUs: { type: 'number', unit: 'us' },
      energyUj: { type: 'number', unit: 'uJ' },
    },
    scenarios: {
      reads: {
        type: 'string',
        enum: SCOPES,
        'x-key': true,
        description: 'what is read from the ReRAM, and of the SRAM copy; the DRAM loads everything',
      },
      writes: {
        type: 'string',
        enum: ['hidden', 'serial', 'not counted'],
        'x-key': true,
        description: 'SRAM writes of the conventional side; not counted: nor is what is read from the SRAM',
      },
      access: { type: 'string', enum: RERAM_ACCESSES, 'x-key': true },
      gain: { type: 'string', enum: ['latency', 'energy'], 'x-key': true },
      ratio: { type: 'number', unit: '1', description: 'conventional over ReRAM' },
      claim: { type: 'string', 'x-claim': 'ratio' },
    },
    ports: {
      sramPortBytesPerNs: { type: 'number', unit: 'byte/ns', 'x-key': true },
      writes: { type: 'string', enum: ['hidden', 'serial'], 'x-key': true },
      ratio: { type: 'number', unit: '1', description: 'latency, a sentence from ReRAM vector by vector' },
      claim: { type: 'string', 'x-claim': 'ratio' },
    },
    wordWidths: {
      reramWordBits: {
        type: 'integer',
        unit: 'bit',
        'x-key': true,
        description: 'stored bits that a packed read gives',
      },
      fullReadUs: { type: 'number', unit: 'us', description: 'all non-zero values' },
      gain: { type: 'number', unit: '1', description: 'latency of DRAM, serial SRAM write and read of all over that' },
    },
    limits: {
      quantity: { type: 'string', 'x-key': true },
      value: { type: 'number', unit: '1' },
      unit: { type: 'string' },
    },
  }),
  run({ params }) {
    const { conventional, reram } = costsOf(params, params.reads as Scope, params.overlapWrites ? 'hidden' : 'serial')
    const both = [false, true].map((maskOfNonZerosOnly) => ({
      rule: maskOfNonZerosOnly ? 'a mask bit per non-zero' : 'a mask bit per element',
      bytes: footprint(params, params.vocabulary, maskOfNonZerosOnly),
    }))
    const stream = dramStream(LPDDR4_2400)
    const [valueCell, maskCell] = [cellOf(params.valueCellBits), cellOf(params.maskCellBits)]
    const all = footprint(params, params.vocabulary, params.maskOfNonZerosOnly)
    return {
      footprint: both.map(({ rule, bytes }) => ({
        rule,
        valueMb: bytes.valueBytes / BYTES_PER_MB,
        maskMb: bytes.maskBytes / BYTES_PER_MB,
        totalMb: bytes.totalBytes / BYTES_PER_MB,
        fits: bytes.totalBytes <= params.reramMb * BYTES_PER_MB,
        areaMm2: (bytes.valueBytes * valueCell.mm2PerMb + bytes.maskBytes * maskCell.mm2PerMb) / BYTES_PER_MB,
        claim: 'edgebert.embedding-footprint',
      })),
      powerOn: [
        { side: 'DRAM and SRAM' as const, step: 'DRAM read', ...inMicro(conventional.dram) },
        { side: 'DRAM and SRAM' as const, step: 'SRAM write, not hidden', ...inMicro(conventional.write) },
        { side: 'DRAM and SRAM' as const, step: 'SRAM read', ...inMicro(conventional.read) },
        { side: 'DRAM and SRAM' as const, step: 'total', ...inMicro(conventional) },
        { side: 'ReRAM' as const, step: 'total', ...inMicro(reram) },
      ],
      scenarios: SCOPES.flatMap((reads) =>
        (['hidden', 'serial', 'not counted'] as const).flatMap((writes) =>
          RERAM_ACCESSES.flatMap((access) => {
            const found = costsOf({ ...params, access }, reads, writes)
            const row = { reads, writes, access }
            return [
              {
                ...row,
                gain: 'latency' as const,
                ratio: found.conventional.latencyNs / found.reram.latencyNs,
                claim: 'edgebert.fig11-latency',
              },
              {
                ...row,
                gain: 'energy' as const,
                ratio: found.conventional.energyPj / found.reram.energyPj,
                claim: 'edgebert.fig11-energy',
              },
            ]
          }),
        ),
      ),
      ports: [8, 16, 32, 64].flatMap((sramPortBytesPerNs) =>
        (['hidden', 'serial'] as const).map((writes) => {
          const found = costsOf({ ...params, access: 'vector', sramPortBytesPerNs }, 'sentence', writes)
          return {
            sramPortBytesPerNs,
            writes,
            ratio: found.conventional.latencyNs / found.reram.latencyNs,
            claim: 'edgebert.fig11-latency',
          }
        }),
      ),
      wordWidths: [64, 128, 256, 1024].map((reramWordBits) => {
        const fullReadNs = Math.ceil((8 * all.valueBytes) / reramWordBits) * valueCell.readNs
        const sramNs = (2 * all.totalBytes) / params.sramPortBytesPerNs
        const dramNs = all.totalBytes / stream.bandwidthGbPerS
        return { reramWordBits, fullReadUs: fullReadNs / 1000, gain: (dramNs + sramNs) / fullReadNs }
      }),
      limits: [
        { quantity: 'energy of the DRAM read', value: (8 * all.totalBytes * stream.totalPjPerBit) / 1e6, unit: 'uJ' },
        { quantity: 'energy of DRAM', value: stream.totalPjPerBit, unit: 'pJ/bit' },
        { quantity: 'bandwidth of DRAM', value: stream.bandwidthGbPerS, unit: 'GB/s' },
        {
          quantity: 'energy per bit of ReRAM if 66,000x held for all bits',
          value: (1000 * stream.totalPjPerBit) / 66000,
          unit: 'fJ/bit',
        },
        {
          quantity: 'bits in all embeddings over those of a sentence',
          value: params.vocabulary / params.tokens,
          unit: '1',
        },
      ],
    }
  },
  claims: {
    'edgebert.embedding-footprint': {
      predict: ({ footprint: rows }, p) => rows[p.maskOfNonZerosOnly ? 1 : 0]?.totalMb,
      calibrated: {
        parameter: 'maskOfNonZerosOnly',
        method: 'the rule was deduced from this number',
        window: 'a mask bit per element gives 2.016 MB',
      },
    },
    'edgebert.fig11-latency': ({ powerOn }) => ratioOf(powerOn, 'latencyUs'),
    'edgebert.fig11-energy': ({ powerOn }) => ratioOf(powerOn, 'energyUj'),
    'edgebert.reram-capacity': (_, p) => p.reramMb,
    'edgebert.mask-cell-bits': (_, p) => p.maskCellBits,
    'edgebert.value-cell-bits': (_, p) => p.valueCellBits,
  },
  reasons: {
    'edgebert.fig11-latency': {
      kind: 'finding',
      text: 'as published, reading the same weights on both sides, ReRAM gains 2 at most, 17 with a word of 1024 bit (tables scenarios, wordWidths). One sentence from ReRAM against all from DRAM gives 57 if only the stream of the DRAM counts, 69 with SRAM writes hidden behind it, 126 with them in line',
    },
    'edgebert.fig11-energy': {
      kind: 'finding',
      text: 'if all bits were read, 66,000x would leave 0.12 fJ a bit, which no memory has; reading all, NVSim gives 70x vector by vector, 225x packed. One sentence from ReRAM against all from DRAM gives 16,000x vector by vector and 53,000x packed at 22 nm, one token 2 to 5 million',
    },
  },
  errata: [
    {
      where: 'Sec. 6.2 and 8.3, embedding footprint',
      printed: '1.73 MB',
      shouldBe: '2.016 MB',
      arithmetic:
        '30,000 x 128 x 0.4 = 1.536e6 values of 8 bit and 3.84e6 mask bits are 1.536 + 0.480 MB; 1.73 MB is 1.536e6 x 9 bit, a mask bit for the non-zeros only, from which no zero could be placed',
    },
    {
      where: 'Fig. 11, reading all embedding weights',
      printed: '50x and 66,000x',
      shouldBe: 'undecided',
      arithmetic:
        '106 uJ for 1.73 MB from LPDDR4 over 66,000 is 1.6 nJ: 0.12 fJ/bit for all weights, but near the 2.1 nJ (packed; 6.7 nJ vector by vector) of one sentence of 128 tokens; so the ReRAM side counts a sentence, the DRAM side the table',
    },
  ],
  headlines: {
    'edgebert.fig11-latency':
      'one sentence from ReRAM against all from DRAM gives 69; all on both sides, as the caption says, 2 at most, 17 with 1024-bit words',
    'edgebert.fig11-energy':
      'one sentence against all gives 16,000, all on both sides 225 at most; 66,000 for all would leave 0.12 fJ a bit, which no memory has',
  },
  figure: powerOnFigure,
})

type Values = {
  readonly vocabulary: number
  readonly embeddingWidth: number
  readonly density: number
  readonly valueBits: number
  readonly tokens: number
  readonly maskOfNonZerosOnly: boolean
  readonly sramPortBytesPerNs: number
  readonly access: string
  readonly vectorValues: number
  readonly valueCellBits: number
  readonly maskCellBits: number
}

/** A cell of one bit or two. */
const cellOf = (bits: number) => reramCell(CELL_KINDS[bits - 1] as CellKind)

/** Bytes of so many words of the embedding. */
function footprint(params: Values, words: number, maskOfNonZerosOnly: boolean): BitmaskBytes {
  const elements = words * params.embeddingWidth
  if (Math.round(params.density * elements) === 0) {
    throw new RangeError(
      `Cannot store an embedding: density must leave some of ${elements} elements, got ${params.density}`,
    )
  }
  return embeddingBytes(params, words, { maskOfNonZerosOnly })
}

function costsOf(params: Values, reads: Scope, writes: 'hidden' | 'serial' | 'not counted') {
  const words = { all: params.vocabulary, sentence: params.tokens, token: 1 }[reads]
  const all = footprint(params, params.vocabulary, params.maskOfNonZerosOnly)
  const part = footprint(params, words, params.maskOfNonZerosOnly)
  const store: ReramStore = {
    values: smallestMacro('RRAM', params.valueCellBits, all.valueBytes),
    mask: smallestMacro('RRAM', params.maskCellBits, all.maskBytes),
    access: params.access as ReramAccess,
    valueReadNs: cellOf(params.valueCellBits).readNs,
    maskReadNs: cellOf(params.maskCellBits).readNs,
  }
  const { vectorValues, valueBits } = params
  const vectors = words * Math.ceil(params.embeddingWidth / vectorValues)
  const copy = {
    macro: smallestMacro('SRAM', 1, all.totalBytes),
    portBytesPerNs: params.sramPortBytesPerNs,
    overlapWrites: writes === 'hidden',
  }
  const loaded = loadFromDram(LPDDR4_2400, copy, { loaded: all.totalBytes, used: part.totalBytes })
  const conventional = writes === 'not counted' ? { ...loaded, ...loaded.dram } : loaded
  return { conventional, reram: readReram(store, { bytes: part, vectors, vectorValues, valueBits }) }
}

const inMicro = ({ latencyNs, energyPj }: Cost) => ({ latencyUs: latencyNs / 1e3, energyUj: energyPj / 1e6 })

function ratioOf(
  rows: readonly {
    readonly side: string
    readonly step: string
    readonly latencyUs: number
    readonly energyUj: number
  }[],
  field: 'latencyUs' | 'energyUj',
): number {
  const total = (side: string) => rows.find((row) => row.side === side && row.step === 'total')?.[field] ?? Number.NaN
  return total('DRAM and SRAM') / total('ReRAM')
}

export default fig11
await main(import.meta, fig11)
