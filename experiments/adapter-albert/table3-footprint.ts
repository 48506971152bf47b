#!/usr/bin/env -S npx tsx
import { ACTIVATION_ROOMS, DESIGNS, type Storage, storageOf, taskMix } from '../../lib/accelerators/hma/mod.ts'
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { FORMATS_PARAM, formatsOf } from './shared/formats.ts'
import { READINGS, SCENARIO_PARAMS, SWITCH_PARAMS } from './shared/hma-params.ts'
import { modelOf, optionsOf, tasksOf } from './shared/hma-study.ts'

const BYTES_PER_MIB = 1024 * 1024
/** The designs of the table. */
const COMPARED = ['vanilla', 'adapter'] as const
type Compared = (typeof COMPARED)[number]
/** Sentences whose activations are sized, tokens. */
const LENGTHS = [64, 128, 256, 512]
const WORD_BITS = 32
const { vocabulary, positions, types, embeddingWidth, layers, hidden, heads, ffn, sharedLayers } = SCENARIO_PARAMS
const { tokens, embeddingSparsity, backboneSparsity, tasks, labels, taskFile } = SCENARIO_PARAMS
const { activationRoom, resident, adapterSizes } = SWITCH_PARAMS

const footprint = experiment({
  id: 'adapter-albert/table3-footprint',
  version: '1.0.0',
  paper: 'adapter-albert',
  item: 'Table III',
  title: 'Bytes in SLC, MLC and SRAM: our reconstruction, since the body of the table is not available',
  params: {
    ...{ layers, hidden, heads, ffn, vocabulary, positions, types, embeddingWidth, sharedLayers },
    ...{ tokens, embeddingSparsity, backboneSparsity, tasks, labels, taskFile },
    activationRoom,
    resident,
    adapterSizes: {
      ...adapterSizes,
      value: READINGS.literal.set.adapterSizes,
      description:
        'bottleneck widths of the adapters of a layer: the largest, for which memory is provided (Sec. IV-C)',
    },
    formats: FORMATS_PARAM,
  },
  schema: tables({
    footprint: {
      design: { type: 'string', enum: COMPARED, 'x-key': true },
      format: { type: 'string', 'x-key': true },
      slcMib: { type: 'number', unit: 'MiB', description: 'bitmask of what tasks share' },
      mlcMib: { type: 'number', unit: 'MiB', description: 'non-zero values of what tasks share' },
      sramTaskMib: { type: 'number', unit: 'MiB', description: 'parameters of the largest task, or of all that stay' },
      sramActivationsMib: { type: 'number', unit: 'MiB' },
      sramMib: { type: 'number', unit: 'MiB' },
      totalMib: { type: 'number', unit: 'MiB' },
    },
    changes: {
      format: { type: 'string', 'x-key': true },
      slc: { type: 'number', unit: 'x', description: 'adapter-ALBERT over vanilla' },
      mlc: {
        type: ['number', 'null'],
        unit: 'x',
        description: 'adapter-ALBERT over vanilla; none where vanilla has only zeros',
      },
      sram: { type: 'number', unit: 'x', description: 'vanilla over adapter-ALBERT' },
      total: { type: 'number', unit: 'x', description: 'vanilla over adapter-ALBERT' },
    },
    activations: {
      tokens: { type: 'integer', unit: 'token', 'x-key': true },
      room: { type: 'string', enum: ACTIVATION_ROOMS, 'x-key': true },
      words: { type: 'integer', unit: 'element' },
      sramReduction: {
        type: 'number',
        unit: 'x',
        description: 'SRAM of vanilla over adapter-ALBERT with these, the same in every format',
      },
    },
  }),
  run({ params, files }) {
    const model = modelOf(params)
    const mix = taskMix(tasksOf(params, files), { switching: 'random' })
    const formats = formatsOf(params.formats)
    const { activationRoom, resident } = params
    const options = optionsOf({ ...READINGS.literal.set, activationRoom, resident })
    const stored = (design: Compared, bits: number) =>
      storageOf({ model: { ...model, bits }, design: DESIGNS[design], mix, options })
    return {
      footprint: COMPARED.flatMap((design) =>
        formats.map(({ name, bits }) => {
          const { maskBytes, valueBytes, taskBytes, activationBytes } = stored(design, bits)
          return {
            design,
            format: name,
            slcMib: maskBytes / BYTES_PER_MIB,
            mlcMib: valueBytes / BYTES_PER_MIB,
            sramTaskMib: taskBytes / BYTES_PER_MIB,
            sramActivationsMib: activationBytes / BYTES_PER_MIB,
            sramMib: (taskBytes + activationBytes) / BYTES_PER_MIB,
            totalMib: (maskBytes + valueBytes + taskBytes + activationBytes) / BYTES_PER_MIB,
          }
        }),
      ),
      changes: formats.map(({ name, bits }) => {
        const [vanilla, adapter] = [stored('vanilla', bits), stored('adapter', bits)]
        return {
          format: name,
          slc: adapter.maskBytes / vanilla.maskBytes,
          mlc: vanilla.valueBytes > 0 ? adapter.valueBytes / vanilla.valueBytes : null,
          sram: sramBytes(vanilla) / sramBytes(adapter),
          total: allBytes(vanilla) / allBytes(adapter),
        }
      }),
      activations: LENGTHS.filter((length) => length <= params.positions).flatMap((length) =>
        ACTIVATION_ROOMS.map((activationRoom) => {
          const longer = { ...model, bits: WORD_BITS, tokens: length }
          const [vanilla, adapter] = COMPARED.map((design) =>
            storageOf({ model: longer, design: DESIGNS[design], mix, options: { ...options, activationRoom } }),
          ) as [Storage, Storage]
          return {
            tokens: length,
            room: activationRoom,
            words: (8 * vanilla.activationBytes) / WORD_BITS,
            sramReduction: sramBytes(vanilla) / sramBytes(adapter),
          }
        }),
      ),
    }
  },
  claims: {
    'adapter-albert.t3-slc-mlc-direction': ({ changes }) =>
      changes.every(({ slc, mlc }) => slc > 1 && (mlc ?? Number.POSITIVE_INFINITY) > 1),
    'adapter-albert.t3-sram-direction': ({ changes }) =>
      changes.every(({ slc, mlc, sram }) => sram > slc && sram > (mlc ?? Number.POSITIVE_INFINITY)),
    'adapter-albert.t3-overall-smaller': ({ changes }) => changes.every(({ total }) => total > 1),
  },
  figure: ({ footprint: rows }) => ({
    description:
      'Bytes of vanilla and adapter ALBERT in MiB by memory, stacked, a panel for each number format: our reconstruction, as the body of Table III is not available and nothing printed can be drawn beside it.',
    hconcat: [...new Set(rows.map(({ format }) => format))].map((format) => ({
      title: format,
      width: 110,
      height: 220,
      data: {
        values: rows
          .filter((row) => row.format === format)
          .flatMap((row) => [
            { design: row.design, memory: 'SLC (mask)', mib: row.slcMib },
            { design: row.design, memory: 'MLC (values)', mib: row.mlcMib },
            { design: row.design, memory: 'SRAM', mib: row.sramMib },
          ]),
      },
      mark: 'bar',
      encoding: {
        x: { field: 'design', type: 'nominal', sort: null, title: 'design', axis: { title: null, labelAngle: 0 } },
        y: { field: 'mib', type: 'quantitative', title: 'stored [MiB]' },
        color: { field: 'memory', type: 'nominal', sort: null, title: 'memory' },
      },
    })),
    resolve: { scale: { y: 'shared' } },
  }),
})

const sramBytes = ({ taskBytes, activationBytes }: Storage) => taskBytes + activationBytes
const allBytes = (stored: Storage) => stored.valueBytes + stored.maskBytes + sramBytes(stored)

export default footprint
await main(import.meta, footprint)
