#!/usr/bin/env -S npx tsx
import {
  DESIGN_NAMES,
  DESIGNS,
  type DesignName,
  mostSwitches,
  type Task,
  taskMix,
} from '../../lib/accelerators/hma/mod.ts'
import { decadeLabels, experiment, main, type Param, tables } from '../../lib/harness/mod.ts'
import { halveRange, type NumberFormat, numberFormat } from '../../lib/numeric/mod.ts'
import { HMA_CONSTANTS, HMA_PARAMS, READINGS } from './shared/hma-params.ts'
import { caseOf, type HmaCase, type HmaStudy, studyOf, tasksOf } from './shared/hma-study.ts'
import { adapterAlbert, assumed } from './shared/paper.ts'

const { tasks: _tasks, switching: _switching, switchRate: _rate, resident: _resident, ...REST } = HMA_PARAMS

/** Which tasks stay on chip, for a design by itself. */
const STAYS = ['one task', 'all tasks'] as const
type Stays = (typeof STAYS)[number]
const SYSTEMS: readonly System[] = DESIGN_NAMES.flatMap((design) => STAYS.map((onChip) => ({ design, onChip })))
const QUANTITIES = ['energy', 'latency'] as const
/** Task counts beyond which no break-even is looked for. */
const MOST_TASKS = 1000

const LIST_PARAMS = {
  taskCounts: {
    type: 'integer',
    value: [1, 2, 3, 4, 6, 8, 12, 16, 24, 32],
    max: MOST_TASKS,
    distinct: true,
    unit: 'task',
    source: assumed('the paper has 3', '1 to 32'),
    description: 'numbers of tasks, equally often; a task file has its own number',
  },
  switchRates: {
    type: 'number',
    value: [0, 0.001, 0.01, 0.1, 0.3, 1],
    min: 0,
    max: 1,
    distinct: true,
    unit: '1',
    source: assumed('from one task only to another one every time', '0 to 1'),
    description: 'shares of inferences that follow one of another task; those that the tasks do not allow are left out',
  },
  idleTimesMs: {
    type: 'number',
    value: [0, 10, 100, 1000],
    min: 0,
    max: 1e9,
    distinct: true,
    unit: 'ms',
    source: assumed('from back to back to one inference a second', '0 to 1000'),
    description: 'times between inferences in which SRAM leaks and RRAM is off, with leakage=true',
  },
  format: {
    type: 'string',
    value: 'Q3.5',
    unit: '1',
    source: assumed('the smallest format of the paper', 'FP32, Q3.13, Q3.5'),
    description: 'number format, as FP32 or Q3.13',
  },
  pairTasks: {
    type: 'integer',
    value: 3,
    max: MOST_TASKS,
    unit: 'task',
    source: adapterAlbert('Sec. IV-C: a 3-task MTI scenario'),
    description: 'tasks where designs are compared by switching rate and idle time',
  },
} as const satisfies Record<string, Param>

const scaling = experiment({
  id: 'adapter-albert/tasks-scaling',
  version: '1.0.0',
  paper: 'adapter-albert',
  item: 'Sec. IV-C, beyond three tasks',
  title: 'Where adapters and where RRAM stop paying: numbers of tasks, switching rates, idle times',
  params: { ...REST, ...LIST_PARAMS },
  constants: HMA_CONSTANTS,
  variants: { corrected: variantOf('corrected'), literal: variantOf('literal') },
  schema: tables({
    tasks: {
      design: { type: 'string', enum: DESIGN_NAMES, 'x-key': true },
      onChip: { type: 'string', enum: STAYS, 'x-key': true, description: 'whose parameters stay on chip' },
      tasks: {
        type: 'integer',
        unit: 'task',
        'x-key': true,
        description: 'that change as often as their shares allow',
      },
      areaMm2: { type: 'number', unit: 'mm2' },
      energyUj: { type: 'number', unit: 'uJ' },
      latencyMs: { type: 'number', unit: 'ms' },
      dramUj: { type: 'number', unit: 'uJ', description: 'DRAM and writing to SRAM what comes from it' },
      leakageUj: { type: 'number', unit: 'uJ' },
    },
    switching: {
      design: { type: 'string', enum: DESIGN_NAMES, 'x-key': true },
      onChip: { type: 'string', enum: STAYS, 'x-key': true },
      switchRate: { type: 'number', unit: '1', 'x-key': true, description: 'inferences of another task than before' },
      energyUj: { type: 'number', unit: 'uJ' },
      latencyMs: { type: 'number', unit: 'ms' },
    },
    idle: {
      design: { type: 'string', enum: DESIGN_NAMES, 'x-key': true },
      onChip: { type: 'string', enum: STAYS, 'x-key': true },
      idleMs: { type: 'number', unit: 'ms', 'x-key': true },
      energyUj: {
        type: 'number',
        unit: 'uJ',
        description: 'of an inference and the time after it; tasks change as often as their shares allow',
      },
    },
    breakEven: {
      comparison: { type: 'string', 'x-key': true },
      quantity: { type: 'string', enum: QUANTITIES, 'x-key': true },
      neverSwitching: { type: 'number', unit: 'x', description: 'the second over the first, one task for ever' },
      alwaysSwitching: {
        type: 'number',
        unit: 'x',
        description: 'the second over the first, tasks changing as often as their shares allow',
      },
      switchRate: {
        type: ['number', 'null'],
        unit: '1',
        description: 'at which both are equal; none where one is always ahead',
      },
      firstPays: {
        type: 'string',
        enum: ['always', 'never', 'above', 'below', 'equal'],
        description: 'that switching rate',
      },
    },
    stops: {
      comparison: { type: 'string', 'x-key': true },
      quantity: { type: 'string', enum: ['area', ...QUANTITIES], 'x-key': true },
      tasks: {
        type: ['integer', 'null'],
        unit: 'task',
        description:
          'fewest of the numbers of tasks at which the first takes more than the second; none up to the largest',
      },
    },
  }),
  run({ params, files }) {
    const format = numberFormat(params.format)
    const base = studyOf({ ...params, ...FIXED, tasks: params.pairTasks }, files)
    const own = params.taskFile !== ''
    const counts = own ? [base.mix.tasks.length] : params.taskCounts
    const byCount = counts.map((tasks) => {
      const study = withRate(base, tasksOf({ ...params, tasks }, files), 1)
      return { tasks, cases: SYSTEMS.map((system) => costOf(study, system, format)) }
    })
    const most = mostSwitches(base.mix.tasks)
    const rates = params.switchRates.filter((rate) => rate <= most)
    const at = (system: System, rate: number) => costOf(withRate(base, base.mix.tasks, rate), system, format).cost
    return {
      tasks: SYSTEMS.flatMap((system, i) =>
        byCount.map(({ tasks, cases }) => {
          const { areaMm2, cost } = cases[i] as HmaCase
          return {
            ...system,
            tasks,
            areaMm2,
            energyUj: cost.energyPj / MILLION,
            latencyMs: cost.latencyNs / MILLION,
            dramUj: (cost.energyParts.dram + cost.energyParts.fill) / MILLION,
            leakageUj: cost.energyParts.leakage / MILLION,
          }
        }),
      ),
      switching: SYSTEMS.flatMap((system) =>
        rates.map((switchRate) => {
          const { energyPj, latencyNs } = at(system, switchRate)
          return { ...system, switchRate, energyUj: energyPj / MILLION, latencyMs: latencyNs / MILLION }
        }),
      ),
      idle: SYSTEMS.flatMap((system) =>
        params.idleTimesMs.map((idleMs) => {
          const study = withRate(base, base.mix.tasks, most)
          const resting = { ...study, machine: { ...study.machine, idleNs: idleMs * MILLION } }
          return { ...system, idleMs, energyUj: costOf(resting, system, format).cost.energyPj / MILLION }
        }),
      ),
      breakEven: COMPARISONS.flatMap(({ comparison, first, second }) =>
        QUANTITIES.map((quantity) => {
          const of = (system: System, rate: number) => {
            const { energyPj, latencyNs } = at(system, rate)
            return quantity === 'energy' ? energyPj : latencyNs
          }
          return {
            comparison,
            quantity,
            neverSwitching: of(second, 0) / of(first, 0),
            alwaysSwitching: of(second, most) / of(first, most),
            ...crossing((rate) => of(second, rate) - of(first, rate), most),
          }
        }),
      ),
      // A file has one number of tasks.
      stops: (own ? [] : COMPARISONS).flatMap(({ comparison, first, second }) =>
        (['area', ...QUANTITIES] as const).map((quantity) => {
          const of = (cases: readonly HmaCase[], system: System) => {
            const { areaMm2, cost } = cases[indexOf(system)] as HmaCase
            return quantity === 'area' ? areaMm2 : quantity === 'energy' ? cost.energyPj : cost.latencyNs
          }
          const rising = [...byCount].sort((a, b) => a.tasks - b.tasks)
          const stop = rising.find(({ cases }) => of(cases, first) > of(cases, second))
          return { comparison, quantity, tasks: stop?.tasks ?? null }
        }),
      ),
    }
  },
  claims: {},
  figure: ({ tasks: rows, switching }) => ({
    description:
      'Area, energy and latency per inference over the number of tasks, and energy over the share of inferences that follow one of another task, all axes but that of latency logarithmic; the paper draws none of this. Colour and shape are the design, solid lines keep one task on chip and dashed ones all.',
    columns: 2,
    concat: [
      ...(['areaMm2', 'energyUj', 'latencyMs'] as const).map((field) => ({ data: rows, x: 'tasks', field })),
      { data: switching.filter(({ switchRate }) => switchRate > 0), x: 'switchRate', field: 'energyUj' } as const,
    ].map(({ data, x, field }, index) => {
      // One legend of the designs serves all panels.
      const design = {
        field: 'design',
        type: 'nominal',
        sort: null,
        title: 'design',
        ...(index === 1 ? {} : { legend: null }),
      }
      return {
        width: 225,
        height: 170,
        data: { values: data.map((row) => ({ ...row, line: `${row.design}, ${row.onChip}` })) },
        encoding: {
          x: {
            field: x,
            type: 'quantitative',
            title: x === 'tasks' ? 'tasks' : 'switching rate [1]',
            scale: { type: 'log', nice: false },
            axis: { format: '~g' },
          },
          y: {
            field,
            type: 'quantitative',
            scale: field === 'latencyMs' ? { zero: false } : { type: 'log' },
            title: AXES[field],
            axis: field === 'latencyMs' ? {} : decadeLabels('~s'),
          },
        },
        layer: [
          {
            mark: 'line',
            encoding: {
              color: { ...design, legend: null },
              strokeDash: { field: 'onChip', type: 'nominal', sort: null, title: 'on chip' },
              description: { field: 'line', type: 'nominal' },
            },
          },
          {
            mark: { type: 'point', filled: true, size: 35, opacity: 1 },
            encoding: { color: design, shape: design, detail: { field: 'onChip', title: 'on chip' } },
          },
        ],
        resolve: { legend: { color: 'independent', shape: 'independent' } },
      }
    }),
  }),
})

const AXES = { areaMm2: 'area [mm2]', energyUj: 'energy [uJ]', latencyMs: 'latency [ms]' } as const
/** pJ to uJ, ns to ms. */
const MILLION = 1e6
/** What tasks and switching rates are is walked through. */
const FIXED = { switching: 'random', switchRate: 0, resident: 'none' } as const

/** A reading as a variant; what stays on chip is walked through. */
function variantOf(reading: 'corrected' | 'literal') {
  const { resident: _, ...set } = READINGS[reading].set
  return { why: READINGS[reading].why, set }
}

interface System {
  readonly design: DesignName
  readonly onChip: Stays
}

const COMPARISONS: readonly { readonly comparison: string; readonly first: System; readonly second: System }[] = [
  pair({ design: 'adapter', onChip: 'one task' }, { design: 'vanilla', onChip: 'one task' }),
  pair({ design: 'adapter', onChip: 'all tasks' }, { design: 'vanilla', onChip: 'one task' }),
  pair({ design: 'adapter', onChip: 'all tasks' }, { design: 'vanilla', onChip: 'all tasks' }),
  pair({ design: 'adapter', onChip: 'all tasks' }, { design: 'adapter', onChip: 'one task' }),
  pair({ design: 'adapter', onChip: 'one task' }, { design: 'adapter-sram', onChip: 'one task' }),
  pair({ design: 'adapter', onChip: 'all tasks' }, { design: 'adapter-sram', onChip: 'all tasks' }),
]

const indexOf = ({ design, onChip }: System) =>
  SYSTEMS.findIndex((system) => system.design === design && system.onChip === onChip)

function pair(first: System, second: System) {
  const name = ({ design, onChip }: System) => `${design} (${onChip})`
  return { comparison: `${name(first)} against ${name(second)}`, first, second }
}

/** The study with other tasks, that change at this rate, or the highest that their shares allow. */
function withRate(study: HmaStudy, tasks: readonly Task[], rate: number): HmaStudy {
  const switchRate = Math.min(rate, mostSwitches(tasks))
  return { ...study, mix: taskMix(tasks, { switching: 'rate', switchRate }) }
}

function costOf(study: HmaStudy, { design, onChip }: System, format: NumberFormat): HmaCase {
  const resident = onChip === 'all tasks' ? 'all' : 'none'
  return caseOf({ ...study, options: { ...study.options, resident } }, DESIGNS[design], format)
}

/** Halvings of the range in which two systems come even: to the last bits of a number. */
const HALVINGS = 50

/**
 * Where two systems take the same. Both rise with the loads, which rise in proportion to the switching rate until a rare
 * task is loaded every time it runs; so halving finds it, and there is at most one where the lead changes between the ends.
 *
 * @param lead what the second takes beyond the first, at a switching rate
 * @param most highest switching rate
 */
function crossing(lead: (rate: number) => number, most: number) {
  const [never, always] = [lead(0), lead(most)]
  if (never === 0 && always === 0) return { switchRate: null, firstPays: 'equal' as const }
  if (never * always >= 0) {
    return { switchRate: null, firstPays: never + always > 0 ? ('always' as const) : ('never' as const) }
  }
  const [low, high] = halveRange([0, most], (rate) => lead(rate) * never > 0, HALVINGS)
  return { switchRate: (low + high) / 2, firstPays: always > 0 ? ('above' as const) : ('below' as const) }
}

export default scaling
await main(import.meta, scaling)
