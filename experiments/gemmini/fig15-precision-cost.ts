#!/usr/bin/env -S npx tsx
import { OPERATION_COSTS, OPERATION_COSTS_SOURCE, operationCost } from '../../lib/hardware/mod.ts'
import { experiment, main, printedAt, tables } from '../../lib/harness/mod.ts'
import { rowPanels } from '../survey/shared/printed-figure.ts'

const NAMES = OPERATION_COSTS.map((cost) => cost.name)

const fig15 = experiment({
  id: 'gemmini/fig15-precision-cost',
  version: '1.0.0',
  paper: 'survey',
  item: 'Fig. 15',
  title: 'Energy and area of arithmetic and memory reads at 45 nm, a table of cited inputs and its consistency',
  params: {
    from: {
      type: 'string',
      value: 'fadd32',
      choices: NAMES,
      unit: '1',
      source: { kind: 'paper', where: 'survey Sec. 4.1' },
      description: 'operation that is replaced',
    },
    to: {
      type: 'string',
      value: 'add8',
      choices: NAMES,
      unit: '1',
      source: { kind: 'paper', where: 'survey Sec. 4.1' },
      description: 'operation that replaces it',
    },
  },
  constants: {
    fadd32EnergyPj: { value: operationCost('fadd32').energyPj, unit: 'pJ', source: OPERATION_COSTS_SOURCE },
    fadd32AreaUm2: {
      value: operationCost('fadd32').areaUm2 ?? Number.NaN,
      unit: 'um2',
      source: OPERATION_COSTS_SOURCE,
    },
  },
  schema: tables({
    cost: {
      operation: { type: 'string', 'x-key': true },
      kind: { type: 'string', enum: ['add', 'multiply', 'read'] },
      format: { type: 'string', enum: ['integer', 'float'] },
      bits: { type: 'integer', unit: 'bit' },
      energyPj: { type: 'number', unit: 'pJ' },
      areaUm2: { type: ['number', 'null'], unit: 'um2' },
    },
    replacement: {
      from: { type: 'string' },
      to: { type: 'string' },
      energyRatio: { type: 'number', unit: '1' },
      areaRatio: { type: ['number', 'null'], unit: '1' },
      sizeRatio: { type: 'number', unit: '1', description: 'bits of an operand' },
    },
    checks: {
      check: { type: 'string', 'x-key': true },
      holds: { type: 'boolean' },
    },
    memory: {
      mac: { type: 'string', 'x-key': true, description: 'multiplication and addition of a MAC' },
      sramReadOverMac: { type: 'number', unit: '1', description: 'energy of a 32-bit read of an 8 KB SRAM' },
      dramReadOverMac: { type: 'number', unit: '1', description: 'energy of a 32-bit DRAM read' },
    },
  }),
  run({ params }) {
    const [from, to] = [operationCost(params.from), operationCost(params.to)]
    const rises = (kind: string, format: string, of: 'energyPj' | 'areaUm2') => {
      const values = OPERATION_COSTS.filter((cost) => cost.kind === kind && cost.format === format)
        .sort((a, b) => a.bits - b.bits)
        .map((cost) => cost[of] ?? 0)
      return values.every((value, index) => index === 0 || value > (values[index - 1] as number))
    }
    const macs = [
      ['mult8', 'add32'],
      ['mult32', 'add32'],
      ['fmult16', 'fadd16'],
      ['fmult32', 'fadd32'],
    ] as const
    return {
      cost: OPERATION_COSTS.map(({ name, kind, format, bits, energyPj, areaUm2 }) => ({
        operation: name,
        kind,
        format,
        bits,
        energyPj,
        areaUm2,
      })),
      replacement: [
        {
          from: from.name,
          to: to.name,
          energyRatio: from.energyPj / to.energyPj,
          areaRatio: from.areaUm2 === null || to.areaUm2 === null ? null : from.areaUm2 / to.areaUm2,
          sizeRatio: from.bits / to.bits,
        },
      ],
      checks: [
        { check: 'energy rises with the bits of an integer addition', holds: rises('add', 'integer', 'energyPj') },
        { check: 'energy rises with the bits of a float addition', holds: rises('add', 'float', 'energyPj') },
        { check: 'energy rises with the bits of an integer product', holds: rises('multiply', 'integer', 'energyPj') },
        { check: 'area rises with the bits of an integer addition', holds: rises('add', 'integer', 'areaUm2') },
        { check: 'area rises with the bits of an integer product', holds: rises('multiply', 'integer', 'areaUm2') },
        {
          check: 'a 32-bit float addition costs more than an integer one',
          holds: operationCost('fadd32').energyPj > operationCost('add32').energyPj,
        },
        {
          check: 'DRAM costs two orders of magnitude more than SRAM',
          holds: operationCost('dram32').energyPj >= 100 * operationCost('sram32').energyPj,
        },
      ],
      memory: macs.map(([multiply, add]) => {
        const macPj = operationCost(multiply).energyPj + operationCost(add).energyPj
        return {
          mac: `${multiply} + ${add}`,
          sramReadOverMac: operationCost('sram32').energyPj / macPj,
          dramReadOverMac: operationCost('dram32').energyPj / macPj,
        }
      }),
    }
  },
  claims: {
    ...Object.fromEntries(
      OPERATION_COSTS.flatMap(({ name, areaUm2 }) => {
        const of = (rows: readonly Cost[]) => rows.find((row) => row.operation === name)
        const energy = [
          `survey.fig15.${name}.energy`,
          ({ cost }: { cost: readonly Cost[] }) => of(cost)?.energyPj,
        ] as const
        const area = [
          `survey.fig15.${name}.area`,
          ({ cost }: { cost: readonly Cost[] }) => of(cost)?.areaUm2 ?? undefined,
        ] as const
        return areaUm2 === null ? [energy] : [energy, area]
      }),
    ),
    'survey.int8-vs-fp32-add-energy': ({ replacement }) => replacement[0]?.energyRatio,
    'survey.int8-vs-fp32-add-area': ({ replacement }) => replacement[0]?.areaRatio ?? undefined,
    'survey.int8-size-reduction': ({ replacement }) => replacement[0]?.sizeRatio,
    'survey.txt.dram-energy': ({ memory }) => memory.find((row) => row.mac === 'mult32 + add32')?.dramReadOverMac,
    'survey.txt.buffer-energy': {
      assumption: 'cited for another technology; a 32-bit read of an 8 KB SRAM is 1.6 (mult32 + add32) to 17 MACs here',
    },
    'survey.txt.mac-accesses': { assumption: 'mappingCost(): an operand, a weight and a partial sum per MAC' },
  },
  reasons: {
    'survey.int8-vs-fp32-add-area': {
      kind: 'rounding',
      text: '4184/36 = 116, which the text rounds to 120',
    },
  },
  figure: ({ cost }, marks) => {
    const panel = (title: string, claim: 'energy' | 'area', of: (row: Cost) => number | null) => ({
      title,
      logarithmic: 'bars' as const,
      cells: cost.map((row) => ({
        row: row.operation,
        ours: of(row),
        printed: printedAt(marks, `survey.fig15.${row.operation}.${claim}`),
      })),
    })
    return rowPanels(
      [panel('energy [pJ]', 'energy', (row) => row.energyPj), panel('area [um2]', 'area', (row) => row.areaUm2)],
      {
        rowTitle: 'operation',
        panelWidth: 320,
        description:
          "The figure's right part: energy in pJ and area in um2 of additions (add), multiplications (mult) and memory reads at 45 nm by their bits, f for floating point, as bars on logarithmic axes, the printed labels as crosses. Memory reads have no area. The left part, the throughput of two GPUs, is not modelled.",
      },
    )
  },
})

type Cost = { readonly operation: string; readonly energyPj: number; readonly areaUm2: number | null }

export default fig15
await main(import.meta, fig15)
