#!/usr/bin/env -S npx tsx
import { BROKEN_COSINE, CELL_KINDS, type CellKind, meanMisread, RRAM_LEVELS } from '../../lib/hardware/mod.ts'
import { experiment, main, shapedLines, tables } from '../../lib/harness/mod.ts'
import { forkRng } from '../../lib/numeric/mod.ts'
import { albertBase, encoderParameters } from '../../lib/workload/mod.ts'
import { FAULT_PARAMS, TENSOR_PARAMS } from './shared/fault-params.ts'
import {
  bitsOf,
  DECODERS,
  type Decoder,
  expectedMisreads,
  PARTS,
  runCampaigns,
  storedFormat,
  storedTensor,
} from './shared/fault-study.ts'

const bitmaskFaults = experiment({
  id: 'adapter-albert/sec4b-bitmask-faults',
  version: '1.0.0',
  paper: 'adapter-albert',
  item: 'Sec. IV-B',
  title: 'Faults in the values and in the bitmask of a pruned embedding: errors of the weights, not of accuracy',
  params: {
    ...TENSOR_PARAMS,
    ...FAULT_PARAMS,
    decoder: {
      type: 'string',
      value: 'stream',
      choices: DECODERS,
      unit: '1',
      source: {
        kind: 'paper',
        where: 'adapter-ALBERT Sec. IV-B: the non-zero values are one ordered array; no pointers are mentioned',
      },
      description: 'decoder that the claims are judged with; the tables have both',
    },
  },
  variants: {
    'as-published': {
      why: 'values are one ordered array, and found by counting the mask from its start',
      set: { decoder: 'stream' },
    },
    corrected: {
      why: 'rows have pointers to their values, as looking up a single word needs',
      set: { decoder: 'pointers' },
    },
  },
  schema: tables({
    cells: {
      cell: { type: 'string', enum: CELL_KINDS, 'x-key': true },
      bitsPerCell: { type: 'integer', unit: 'bit' },
      meanMisread: { type: 'number', unit: '1', description: 'chance of misreading a cell, levels used equally' },
      storesValues: { type: 'boolean' },
      storesMask: { type: 'boolean' },
    },
    misreads: {
      elements: { type: 'integer', unit: 'element', 'x-key': true, description: 'of the word embedding, or of all' },
      stored: { type: 'string', enum: PARTS, 'x-key': true },
      cell: { type: 'string', enum: CELL_KINDS, 'x-key': true },
      cells: { type: 'integer', unit: 'cell' },
      expectedMisreads: { type: 'number', unit: 'cell', description: 'per read, with the words of the random tensor' },
      equalWords: { type: 'number', unit: 'cell', description: 'with all words equally often' },
      equalLevels: { type: 'number', unit: 'cell', description: 'with all levels equally often, in cells all full' },
      cleanPercent: { type: 'number', unit: '%', description: 'chance that none is misread' },
    },
    faults: {
      stored: { type: 'string', enum: PARTS, 'x-key': true },
      decoder: { type: 'string', enum: [...DECODERS, 'either'], 'x-key': true },
      faults: { type: 'string', 'x-key': true, description: 'kind of cell, chance for each cell, or number of cells' },
      cells: { type: 'integer', unit: 'cell' },
      meanFaultyCells: { type: 'number', unit: 'cell', description: 'over the trials' },
      changedPercent: {
        type: 'number',
        unit: '%',
        description: 'of non-zero values, or of weights under a wrong mask',
      },
      meanError: {
        type: 'number',
        unit: '1',
        description: 'root of the summed squared change over that of the summed squared weights, mean over the trials',
      },
      rmsError: { type: 'number', unit: '1', description: 'root of the mean square over the trials' },
      worstError: { type: 'number', unit: '1' },
      brokenRowsPercent: {
        type: 'number',
        unit: '%',
        description: `rows whose cosine with the stored one is below ${BROKEN_COSINE}`,
      },
      mostBrokenRowsPercent: { type: 'number', unit: '%' },
    },
    equalCounts: {
      count: { type: 'integer', unit: 'cell', 'x-key': true, description: 'misread cells' },
      valuesError: { type: 'number', unit: '1', description: 'mean over the trials' },
      streamError: { type: 'number', unit: '1', description: 'in the mask, values in one stream' },
      pointersError: { type: 'number', unit: '1', description: 'in the mask, values found by pointers' },
      streamRatio: { type: 'number', unit: '1', description: 'over that of the values' },
      pointersRatio: { type: 'number', unit: '1', description: 'over that of the values' },
    },
    decoders: {
      decoder: { type: 'string', enum: DECODERS, 'x-key': true },
      oneFlipError: { type: 'number', unit: '1', description: 'mean over the trials' },
      oneFlipExpected: {
        type: ['number', 'null'],
        unit: '1',
        description:
          'in closed form for a mask of one bit per cell: 2/3 sqrt 2, times the root of the share of the rows within reach',
      },
      oneFlipBrokenRowsPercent: { type: 'number', unit: '%' },
      misreadValuesPerFlip: {
        type: 'number',
        unit: 'cell',
        description: 'misread cells of values that make the same mean squared error as one of the mask',
      },
      catastrophic: { type: 'boolean', description: 'the mean error of one flip reaches catastrophicError' },
      valuesResilient: { type: 'boolean', description: 'misreadValuesPerFlip reaches resilienceCount' },
      pointerBytes: { type: 'number', unit: 'byte', description: 'of the whole word embedding' },
      pointerPercent: { type: 'number', unit: '%', description: 'of the bytes of its values and mask' },
      maskBitsPerLookup: { type: 'number', unit: 'bit', description: 'bits to read for one word, mean' },
      judged: { type: 'boolean', description: 'the claims are judged with this one' },
    },
  }),
  run({ params, rng }) {
    const { embeddingWidth: width, vocabulary, positions, types, rows, sparsity, rowsPerPointer } = params
    const tensor = storedTensor(params, forkRng(rng))
    const campaigns = runCampaigns(tensor, params, rng)
    const ofCount = (decoder: Decoder | 'either', count: number) =>
      campaigns.find((row) => row.decoder === decoder && row.count === count)?.found
    const equalCounts = campaigns.flatMap(({ decoder, count, found }) => {
      if (decoder !== 'either' || count === null) return []
      const valuesError = found.relativeMean
      const [streamError, pointersError] = DECODERS.map((own) => ofCount(own, count)?.relativeMean) as [number, number]
      const [streamRatio, pointersRatio] = [streamError / valuesError, pointersError / valuesError]
      return [{ count, valuesError, streamError, pointersError, streamRatio, pointersRatio }]
    })
    // Errors of different values add up as squares, so that the most of them tell best what one does.
    const most = equalCounts.at(-1)?.count as number
    const squarePerValue = square(ofCount('either', most)?.relativeRms) / most

    const { wordEmbedding, otherEmbedding } = encoderParameters(
      albertBase,
      { vocabulary, positions, types, width },
      { sharedLayers: true },
    )
    const nonZerosOf = (elements: number) => Math.round((1 - sparsity) * elements)
    const storedBytes = (nonZerosOf(wordEmbedding) * storedFormat(params).bits + wordEmbedding) / 8
    return {
      cells: CELL_KINDS.map((cell) => ({
        cell,
        bitsPerCell: bitsOf(cell),
        meanMisread: meanMisread(RRAM_LEVELS[cell]),
        storesValues: cell === params.valueCell,
        storesMask: cell === params.maskCell,
      })),
      misreads: [wordEmbedding, wordEmbedding + otherEmbedding].flatMap((elements) =>
        PARTS.flatMap((stored) =>
          CELL_KINDS.map((cell) => {
            const words = stored === 'values' ? nonZerosOf(elements) : Math.ceil(elements / 8)
            return { elements, stored, cell, ...expectedMisreads(tensor, params, { stored, cell, words }) }
          }),
        ),
      ),
      faults: campaigns.map(({ stored, decoder, faults, found }) => ({
        stored,
        decoder,
        faults,
        cells: found.cells,
        meanFaultyCells: found.meanFaultyCells,
        changedPercent: 100 * found.changedShare,
        meanError: found.relativeMean,
        rmsError: found.relativeRms,
        worstError: found.relativeWorst,
        brokenRowsPercent: 100 * found.brokenRowsShare,
        mostBrokenRowsPercent: 100 * found.mostBrokenRowsShare,
      })),
      equalCounts,
      decoders: DECODERS.map((decoder) => {
        const oneFlip = ofCount(decoder, 1)
        const oneFlipError = oneFlip?.relativeMean as number
        const misreadValuesPerFlip = square(oneFlip?.relativeRms) / squarePerValue
        // Rows behind a pointer, in the random tensor and in the whole embedding.
        const [reach, shared] = [rows, vocabulary].map((all) =>
          decoder === 'stream' ? all : Math.min(rowsPerPointer, all),
        ) as [number, number]
        // The first rows need none.
        const pointers = Math.ceil(vocabulary / shared) - 1
        const pointerBytes = (pointers * Math.ceil(Math.log2(nonZerosOf(wordEmbedding) + 1))) / 8
        return {
          decoder,
          oneFlipError,
          oneFlipExpected:
            bitsOf(params.maskCell as CellKind) === 1 ? (2 / 3) * Math.SQRT2 * Math.sqrt(reach / rows) : null,
          oneFlipBrokenRowsPercent: 100 * (oneFlip?.brokenRowsShare as number),
          misreadValuesPerFlip,
          catastrophic: oneFlipError >= params.catastrophicError,
          valuesResilient: misreadValuesPerFlip >= params.resilienceCount,
          pointerBytes,
          pointerPercent: (100 * pointerBytes) / storedBytes,
          // Half of the rows before it that share its pointer, and its own.
          maskBitsPerLookup: ((shared - 1) / 2 + 1) * width,
          judged: decoder === params.decoder,
        }
      }),
    }
  },
  claims: {
    'adapter-albert.arch-mlc-bits': ({ cells }) => cells.find(({ storesValues }) => storesValues)?.bitsPerCell,
    'adapter-albert.arch-slc-bits': ({ cells }) => cells.find(({ storesMask }) => storesMask)?.bitsPerCell,
    'adapter-albert.bitflip-catastrophic': ({ decoders }) => decoders.find(({ judged }) => judged)?.catastrophic,
    'adapter-albert.weights-resilient': ({ decoders }) => decoders.find(({ judged }) => judged)?.valuesResilient,
  },
  figure: ({ equalCounts }) => ({
    description:
      'Mean error of the weights, over their norm, by the number of misread cells, both axes logarithmic: in the non-zero values, and in the mask where the values are one stream or are found by pointers. The paper prints no numbers; it says that one flipped bit of the mask can be catastrophic, and values are not.',
    width: 400,
    height: 240,
    data: {
      values: equalCounts.flatMap(({ count, valuesError, streamError, pointersError }) => [
        { count, error: streamError, stored: 'mask (one stream)' },
        { count, error: pointersError, stored: 'mask (pointers)' },
        { count, error: valuesError, stored: 'values' },
      ]),
    },
    encoding: {
      x: { field: 'count', type: 'quantitative', scale: { type: 'log', nice: false }, title: 'misread cells' },
      y: {
        field: 'error',
        type: 'quantitative',
        scale: { type: 'log' },
        title: 'mean relative error [1]',
        axis: { format: '~g' },
      },
    },
    ...shapedLines('stored', { title: 'misread in', legend: { labelLimit: 200 } }),
  }),
})

const square = (x: number | undefined): number => (x === undefined ? Number.NaN : x * x)

export default bitmaskFaults
await main(import.meta, bitmaskFaults)
