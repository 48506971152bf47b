#!/usr/bin/env -S npx tsx
import { along, experiment, main, type Param, tables } from '../../lib/harness/mod.ts'
import { leopard } from './shared/paper.ts'
import { DPU_PARAMS, FORMAT_PARAMS } from './shared/tile-params.ts'
import { PAPER_WORKLOADS, WORKLOAD_PARAMS } from './shared/workloads.ts'

const TABLE_1 = leopard('Table 1')
const size = (value: number, unit: string, description: string) =>
  ({ type: 'integer', value, unit, source: TABLE_1, description }) as const satisfies Param

const BYTES_PER_KB = 1024
/** Data sets behind the paper's workloads. */
const DATA_SETS = ['bAbI', 'GLUE', 'SQuAD', 'WikiText-2', 'CIFAR-10'] as const

/** Bits that count `values` different things. */
function indexBits(values: number): number {
  let bits = 0
  for (let reach = 1; reach < values; reach *= 2) bits += 1
  return bits
}

const table1 = experiment({
  id: 'leopard/table1-configuration',
  version: '1.0.0',
  paper: 'leopard',
  item: 'Table 1',
  title: 'Configuration of a tile: capacities, ports and widths by arithmetic, beside what is printed',
  params: {
    ...DPU_PARAMS,
    ...FORMAT_PARAMS,
    taps: size(64, 'tap', 'multipliers of a QK-DPU, one per element of Q'),
    lanes: size(64, 'MAC', 'multipliers of the V-PU, one per element of V'),
    valueBits: { ...size(16, 'bit', 'bits of V and of the probabilities'), max: 64 },
    dimension: {
      ...size(64, 'element', 'elements of Q, K and V'),
      source: leopard('Sec. 5.1: all workloads but MemN2N, which has 20'),
    },
    keys: { ...size(512, 'key', 'K and V vectors on chip'), source: leopard('Sec. 5.1') },
    keyBufferKb: size(48, 'KB', 'key buffer as stated (1 KB is 1024 byte)'),
    valueBufferKb: size(64, 'KB', 'value buffer as stated'),
    valueBanks: size(8, 'bank', 'banks of the value buffer'),
    softmaxInputBits: size(24, 'bit', 'bits the softmax takes'),
    softmaxLutKb: size(1, 'KB', 'look-up table of the softmax'),
    scoreFifoDepth: size(512, 'entry', 'depth of the FIFO of surviving scores'),
    scoreFifoBits: size(24, 'bit', 'width of that FIFO'),
    indexFifoDepth: size(512, 'entry', 'depth of the FIFO of their indices'),
    indexFifoBits: { ...size(8, 'bit', 'width of that FIFO'), max: 32 },
    tiles: { ...size(2, 'tile', 'tiles of the layout'), source: leopard('Sec. 5.1') },
    processNm: { ...size(65, 'nm', 'process'), source: leopard('Sec. 5.1') },
    clockMhz: { ...size(800, 'MHz', 'clock over all corners'), source: leopard('Sec. 5.1') },
    seqGlue: WORKLOAD_PARAMS.seqGlue,
    seqSquad: WORKLOAD_PARAMS.seqSquad,
    seqGpt2: WORKLOAD_PARAMS.seqGpt2,
  },
  schema: tables({
    derived: {
      quantity: { type: 'string', 'x-key': true },
      value: { type: 'number', unit: '1' },
      unit: { type: 'string' },
      arithmetic: { type: 'string', description: 'with the parameters of this run' },
      claim: { type: ['string', 'null'], 'x-claim': 'value', description: 'none where the paper prints none' },
    },
    checks: {
      check: { type: 'string', 'x-key': true },
      needed: { type: 'number', unit: '1' },
      stated: { type: 'number', unit: '1' },
      unit: { type: 'string' },
      holds: { type: 'boolean' },
    },
    sequences: {
      workload: { type: 'string', 'x-key': true },
      keys: { type: 'integer', unit: 'key' },
      fits: { type: 'boolean', description: 'K and V of one head on chip at once' },
    },
  }),
  run({ params }) {
    const { bits, bitsPerCycle, taps, lanes, valueBits, dimension, keys, valueBanks, dpusAe, dpusHp } = params
    const kb = (bitCount: number) => bitCount / 8 / BYTES_PER_KB
    const keyKb = kb(keys * dimension * bits)
    const valueKb = kb(keys * dimension * valueBits)
    // Magnitudes of 11 and 11 bits multiply to 22, and 64 of them add 6.
    const scoreBits = 2 * (bits - 1) + indexBits(dimension)
    const port = taps * bitsPerCycle
    const perDpu = Math.ceil(keys / dpusAe)
    const vectors = (kilobytes: number, width: number) =>
      Math.floor((kilobytes * BYTES_PER_KB * 8) / (dimension * width))
    const capacity = Math.min(vectors(params.keyBufferKb, bits), vectors(params.valueBufferKb, valueBits))
    const row = (quantity: string, value: number, unit: string, arithmetic: string, claim = '') => ({
      quantity,
      value,
      unit,
      arithmetic,
      claim: claim === '' ? null : `leopard.${claim}`,
    })
    const check = (what: string, needed: number, stated: number, unit: string) => ({
      check: what,
      needed,
      stated,
      unit,
      holds: needed <= stated,
    })
    return {
      derived: [
        row('key buffer', keyKb, 'KB', `${keys} x ${dimension} x ${bits} bit`, 't1-kbuf'),
        row('key bank, AE', keyKb / dpusAe, 'KB', `${keyKb} KB / ${dpusAe}`, 't1-kbuf-bank-ae'),
        row('key bank, HP', keyKb / dpusHp, 'KB', `${keyKb} KB / ${dpusHp}`, 't1-kbuf-bank-hp'),
        row('port of a key bank', port, 'bit', `${taps} taps x ${bitsPerCycle} bit`, 't1-kbuf-port'),
        row('value buffer', valueKb, 'KB', `${keys} x ${dimension} x ${valueBits} bit`, 't1-vbuf'),
        row('value bank', valueKb / valueBanks, 'KB', `${valueKb} KB / ${valueBanks}`, 't1-vbuf-bank'),
        row(
          'port of a value bank',
          (lanes * valueBits) / valueBanks,
          'bit',
          `${lanes} lanes x ${valueBits} bit / ${valueBanks}`,
          't1-vbuf-port',
        ),
        row(
          'keys the stated buffers hold',
          capacity,
          'key',
          `the lesser of ${params.keyBufferKb} KB / (${dimension} x ${bits} bit) and ${params.valueBufferKb} KB / (${dimension} x ${valueBits} bit)`,
          'm-kv-capacity',
        ),
        row(
          'units of full width',
          (dpusAe * bitsPerCycle) / bits,
          'DPU',
          `${dpusAe} x ${bitsPerCycle} bit / ${bits} bit`,
          'm-base-dpu',
        ),
        row(
          'bits a full-width unit reads',
          taps * bits,
          'bit/cycle',
          `${taps} x ${bits} bit, ${dpusAe} ports of ${port}: ${dpusAe * port}`,
        ),
        row(
          'exact score',
          scoreBits + 1,
          'bit',
          `2 x ${bits - 1} + ${indexBits(dimension)} bit and a sign`,
          't1-score-fifo-width',
        ),
        row('index of any key', indexBits(keys), 'bit', `${keys} keys`, 't1-idx-fifo-width'),
        row('index of a key of one QK-DPU, AE', indexBits(perDpu), 'bit', `${perDpu} keys`, 't1-idx-fifo-width'),
        row('survivors of one query at most', keys, 'entry', 'none pruned', 't1-score-fifo'),
      ],
      checks: [
        check('the keys fit the key buffer', keyKb, params.keyBufferKb, 'KB'),
        check('the values fit the value buffer', valueKb, params.valueBufferKb, 'KB'),
        check('a score fits the score FIFO', scoreBits + 1, params.scoreFifoBits, 'bit'),
        check('a score fits the softmax', scoreBits + 1, params.softmaxInputBits, 'bit'),
        check('the index of any key fits the index FIFO', indexBits(keys), params.indexFifoBits, 'bit'),
        check('the index within a QK-DPU fits the index FIFO', indexBits(perDpu), params.indexFifoBits, 'bit'),
        check('all survivors of a query fit the score FIFO', keys, params.scoreFifoDepth, 'entry'),
        check('all survivors of a query fit the index FIFO', keys, params.indexFifoDepth, 'entry'),
        check('the key ports of AE feed a unit of full width', taps * bits, dpusAe * port, 'bit/cycle'),
      ],
      sequences: (
        [
          ['BERT on GLUE', params.seqGlue],
          ['BERT and ALBERT on SQuAD', params.seqSquad],
          ['GPT-2-L on WikiText-2', params.seqGpt2],
        ] as const
      ).map(([workload, own]) => ({ workload, keys: own, fits: own <= capacity })),
    }
  },
  claims: {
    'leopard.hw-nqk': (_, p) => p.dpusAe,
    'leopard.hw-nqk-hp': (_, p) => p.dpusHp,
    'leopard.hw-seq-reuse': (_, p) => p.seqGlue,
    'leopard.hw-qbits': (_, p) => p.bits,
    'leopard.hw-b': (_, p) => p.bitsPerCycle,
    'leopard.t1-qkpu-taps': (_, p) => p.taps,
    ...Object.fromEntries(
      ['t1-kbuf', 't1-kbuf-bank-ae', 't1-kbuf-bank-hp', 't1-kbuf-port', 't1-vbuf', 't1-vbuf-bank', 't1-vbuf-port']
        .concat('t1-score-fifo', 't1-score-fifo-width', 'm-kv-capacity', 'm-base-dpu')
        .map((id) => [
          `leopard.${id}`,
          ({ derived }: Rows) => derived.find(({ claim }) => claim === `leopard.${id}`)?.value,
        ]),
    ),
    'leopard.t1-vpu': (_, p) => p.lanes,
    'leopard.t1-vpu-bits': (_, p) => p.valueBits,
    'leopard.t1-softmax-in': (_, p) => p.softmaxInputBits,
    'leopard.t1-softmax-out': (_, p) => p.valueBits,
    'leopard.t1-softmax-lut': (_, p) => p.softmaxLutKb,
    'leopard.t1-idx-fifo': (_, p) => p.indexFifoDepth,
    'leopard.t1-idx-fifo-width': (_, p) => p.indexFifoBits,
    'leopard.m-datasets': () => DATA_SETS.length,
    'leopard.m-glue-tasks': () => tasksOn('GLUE'),
    'leopard.m-squad-tasks': () => tasksOn('SQuAD'),
    'leopard.m-d': (_, p) => p.dimension,
    'leopard.m-seq-glue': (_, p) => p.seqGlue,
    'leopard.m-seq-squad': (_, p) => p.seqSquad,
    'leopard.m-seq-gpt2': (_, p) => p.seqGpt2,
    'leopard.m-tiles': (_, p) => p.tiles,
    'leopard.m-process': (_, p) => p.processNm,
    'leopard.m-freq': (_, p) => p.clockMhz,
    'leopard.m-temp': { assumption: 'no model depends on temperature' },
  },
  errata: [
    {
      where: 'Table 1, width of the score FIFO and of the softmax input',
      printed: '24 bit',
      shouldBe: '29 bit, or a word on which bits are dropped',
      arithmetic:
        'magnitudes of 11 bits multiply to 22 bits, 64 products add 6, the sign makes 29; the text counts "around 20" for what a QK-DPU accumulates before its shifter and mentions no truncation',
      claims: ['leopard.t1-score-fifo-width'],
    },
    {
      where: 'Table 1, width of the index FIFO',
      printed: '8 bit',
      shouldBe: 'undecided',
      arithmetic:
        '512 keys need 9 bits; 8 hold the index within a QK-DPU (86 or 64 keys), and then the V-PU must know which unit a score came from',
    },
    {
      where: 'Sec. 5.1, sequence length of GPT-2-L',
      printed: '1280',
      shouldBe: 'undecided',
      arithmetic:
        "the buffers hold 512 keys of a head, which 1280 exceed 2.5 times, and nothing says how they are passed through; GPT-2's context has 1024 tokens, 1280 is the width of GPT-2-Large",
    },
  ],
  figure: ({ checks }) => ({
    description:
      'What is needed over what Table 1 states, for each width, depth and capacity, as bars: up to 1, the dashed line, it fits, beyond it does not. The numbers of the table itself are inputs.',
    width: 300,
    height: { step: 22 },
    layer: [
      {
        data: { values: checks.map(({ check, needed, stated }) => ({ check, ratio: needed / stated })) },
        mark: 'bar',
        encoding: {
          x: along('ratio', 'needed over stated [1]'),
          y: { field: 'check', type: 'nominal', sort: null, title: 'check', axis: { title: null, labelLimit: 450 } },
        },
      },
      {
        data: { values: [{}] },
        mark: { type: 'rule', strokeDash: [4, 3], aria: false },
        encoding: { x: { datum: 1 } },
      },
    ],
  }),
})

type Rows = { readonly derived: readonly { readonly claim: string | null; readonly value: number }[] }

/** Tasks of the first workload on a data set; all workloads on it have as many. */
const tasksOn = (dataSet: string): number | undefined =>
  PAPER_WORKLOADS.find(({ workload }) => workload.endsWith(dataSet))?.tasks

export default table1
await main(import.meta, table1)
