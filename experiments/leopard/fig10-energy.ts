#!/usr/bin/env -S npx tsx
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { mean } from '../../lib/numeric/mod.ts'
import { candidateRows, impliedLeakageRows, PRINTED_ENERGIES, windowRows } from './shared/energy-calibration.ts'
import { ENERGY_PARAMS, ENERGY_PER_BIT_CALIBRATION, SOFTMAX_CALIBRATION } from './shared/energy-params.ts'
import { reductionOf } from './shared/energy-study.ts'
import { originMean, originMeanColumns, originMeanRows } from './shared/origin-means.ts'
import { CONFIGS, type Fit, fits } from './shared/paper.ts'
import { PRINTED_SPEEDUPS, speedupOf } from './shared/speedup-study.ts'
import { taskFigure, taskOne, workloadMean } from './shared/task-figure.ts'
import { TILE_PARAMS, tileOf } from './shared/tile-params.ts'
import { builtInTasks, MEMN2N, ORIGINS, tasksOf, VIT, WORKLOAD_PARAMS, workloadsOf } from './shared/workloads.ts'

/** How much AE and HP may differ where the text finds them "not substantially different". */
const SIMILAR = 0.1

/** Where the two fits of Figs. 10 and 11 go into a prediction. */
const BOTH = fits(SOFTMAX_CALIBRATION, ENERGY_PER_BIT_CALIBRATION)
const MEAN_HP: Fit = {
  ...BOTH,
  method:
    "rests on energyPerBit, fitted to the mean of AE with the paper's statistics, and on softmaxShare; nothing leaks by default, so that HP takes what AE takes, 3.90x with those statistics (table means). What is left is the rates and bits of the MemN2N tasks we trained",
}
const LEAST: Fit = {
  ...BOTH,
  method:
    "rests on softmaxShare and energyPerBit, fitted to MemN2N's 2.5x and the mean of 3.9x. Predicted for ViT-B, which the paper names; of our own tasks one that the network did not learn saves less (table means, smallestTask)",
  window: `1.94x to 1.98x over the windows of both: ${BOTH.window}`,
}
const SAME: Fit = {
  parameter: 'leakageShare',
  method: 'nothing leaks by default, so that AE and HP take the same energy by construction',
  window: `shares up to about 0.18 leave them within ${100 * SIMILAR} % of each other`,
}

const fig10 = experiment({
  id: 'leopard/fig10-energy',
  version: '1.0.0',
  paper: 'leopard',
  item: 'Fig. 10',
  title: 'Energy reduction over the baseline, from pruning and termination statistics',
  params: { ...ENERGY_PARAMS, ...TILE_PARAMS, ...WORKLOAD_PARAMS },
  constants: { ...PRINTED_ENERGIES, ...PRINTED_SPEEDUPS },
  variants: {
    'as-published': {
      why: "what runs costs, nothing leaks, so AE and HP take the same; MemN2N's empty slots count as pruned scores, and a surviving one takes 2.29 cycles (fig09-speedup)",
      set: {
        leakageShare: 0,
        padding: true,
        vpuCyclesPerScore: TILE_PARAMS.vpuCyclesPerScore.value,
        baselineVpuCyclesPerScore: TILE_PARAMS.baselineVpuCyclesPerScore.value,
      },
    },
    corrected: {
      why: 'empty slots are not counted, and a surviving score takes one cycle in both designs, as Secs. 5.1 and 5.2 say',
      set: { leakageShare: 0, padding: false, vpuCyclesPerScore: 1, baselineVpuCyclesPerScore: 1 },
    },
  },
  schema: tables({
    means: originMeanColumns({
      mean: 'mean reduction over the tasks',
      smallestTask: 'the task that saves least',
      largestTask: 'the task that saves most',
    }),
    workloads: {
      workload: { type: 'string', 'x-key': true },
      config: { type: 'string', enum: CONFIGS, 'x-key': true },
      tasks: { type: 'integer', unit: 'task' },
      reduction: { type: 'number', unit: '1', description: 'mean over the tasks' },
      speedup: { type: 'number', unit: '1', description: 'mean over the tasks' },
    },
    tasks: {
      workload: { type: 'string', 'x-key': true },
      task: { type: 'string', 'x-key': true },
      config: { type: 'string', enum: CONFIGS, 'x-key': true },
      byPruning: { type: 'number', unit: '1', description: 'baseline over pruning alone' },
      byBitSerial: { type: 'number', unit: '1', description: 'pruning alone over both' },
      reduction: { type: 'number', unit: '1', description: 'baseline over both' },
      speedup: { type: 'number', unit: '1' },
    },
    windows: {
      quantity: { type: 'string', 'x-key': true, description: "the paper's statistics" },
      printed: { type: 'number', unit: '1' },
      from: {
        type: ['number', 'null'],
        unit: '1',
        description: 'values that give the printed number, rounded; none: no value does',
      },
      middle: { type: ['number', 'null'], unit: '1' },
      to: { type: ['number', 'null'], unit: '1' },
      used: { type: 'number', unit: '1' },
    },
    candidates: {
      backEndShare: { type: 'number', unit: '1', 'x-key': true, description: "AE, the paper's statistics" },
      energyPerBit: { type: 'number', unit: '1', 'x-key': true },
      pruningMemn2n: { type: 'number', unit: '1', description: 'printed 2.5' },
      bitSerialMemn2n: { type: 'number', unit: '1', description: 'printed 2.3' },
      pruningVit: { type: 'number', unit: '1', description: 'printed 1.7' },
      bitSerialVit: { type: 'number', unit: '1', description: 'printed 1.3' },
      totalVit: { type: 'number', unit: '1', description: 'printed 2.0' },
      meanPruning: { type: 'number', unit: '1', description: 'printed 2.1' },
      meanBitSerial: { type: 'number', unit: '1', description: 'printed 1.8' },
      meanTotal: { type: 'number', unit: '1', description: 'printed 3.9' },
    },
    leakage: {
      tasks: { type: 'string', 'x-key': true, description: 'from the printed reductions and speedups of AE and HP' },
      growsWithArea: { type: 'boolean', 'x-key': true },
      from: {
        type: 'number',
        unit: '1',
        description: 'leaking share that explains the difference, over the roundings',
      },
      middle: { type: 'number', unit: '1' },
      to: { type: ['number', 'null'], unit: '1', description: 'none: no upper end' },
    },
  }),
  run({ params, files }) {
    const own = tasksOf(params, files)
    const paper = builtInTasks(params, ORIGINS.paper)
    const rows = own.flatMap((task) =>
      CONFIGS.map((config) => {
        const { pruning, bitSerial, total } = reductionOf(params, task, config)
        return {
          workload: task.workload,
          task: task.task,
          config,
          byPruning: pruning,
          byBitSerial: bitSerial,
          reduction: total,
          speedup: speedupOf(task, tileOf(params, config), params.baselineVpuCyclesPerScore),
        }
      }),
    )
    return {
      means: originMeanRows(params, own, {
        gain: (task, config) => reductionOf(params, task, config).total,
        claim: 'leopard.f10-mean',
      }),
      workloads: workloadsOf(own).flatMap((workload) =>
        CONFIGS.map((config) => {
          const of = rows.filter((row) => row.workload === workload && row.config === config)
          return {
            workload,
            config,
            tasks: of.length,
            reduction: mean(of.map(({ reduction }) => reduction)),
            speedup: mean(of.map(({ speedup }) => speedup)),
          }
        }),
      ),
      tasks: rows,
      windows: windowRows(params, paper),
      candidates: candidateRows(params, paper),
      leakage: impliedLeakageRows(params.hpAreaIncrease),
    }
  },
  claims: {
    'leopard.f10-mean-ae': {
      predict: ({ means }) => originMean(means, 'paper', 'AE')?.arithmetic,
      calibrated: ENERGY_PER_BIT_CALIBRATION,
    },
    'leopard.f10-mean-hp': {
      predict: ({ means }) => originMean(means, 'this run', 'HP')?.arithmetic,
      calibrated: MEAN_HP,
    },
    'leopard.f10-max-ae': ({ tasks }) => taskOne(tasks, 'AE')?.reduction,
    'leopard.f10-max-hp': ({ tasks }) => taskOne(tasks, 'HP')?.reduction,
    'leopard.f10-min-ae': {
      predict: ({ workloads }) => workloadMean(workloads, VIT, 'AE')?.reduction,
      calibrated: LEAST,
    },
    'leopard.f10-min-hp': {
      predict: ({ workloads }) => workloadMean(workloads, VIT, 'HP')?.reduction,
      calibrated: LEAST,
    },
    'leopard.f10-memn2n-highest': ({ workloads }) =>
      workloads.every(
        (row) =>
          row.workload === MEMN2N || row.reduction < (workloadMean(workloads, MEMN2N, row.config)?.reduction ?? 0),
      ),
    'leopard.f10-gt-speedup': ({ tasks }) => tasks.every(({ reduction, speedup }) => reduction > speedup),
    'leopard.f10-ae-hp-similar': {
      predict: ({ workloads }) =>
        workloads.every((row) => {
          const other = workloadMean(workloads, row.workload, row.config === 'AE' ? 'HP' : 'AE')
          return other !== undefined && Math.abs(row.reduction / other.reduction - 1) <= SIMILAR
        }),
      calibrated: SAME,
    },
    'leopard.f10-scope': { assumption: 'prunedEnergy(): computation and accesses of the two buffers, no DRAM' },
  },
  reasons: {
    'leopard.f10-max-ae': {
      kind: 'finding',
      text: "follows Task-1's statistics, which Fig. 9's 3.8x and this 9.2x put at about 95 % pruned after 2.7 bits on average; ours are in table tasks, where another task saves most (table means, largestTask)",
    },
    'leopard.f10-max-hp': {
      kind: 'finding',
      text: 'as for AE; that HP saves 4 % more than AE needs a share of 0.05 to 0.09 of the energy that goes with run time (table leakage), which the text does not mention and the as-published variant leaves out',
    },
  },
  errata: [
    {
      where: 'Sec. 5.3, Fig. 10 against Fig. 11, ViT-B',
      printed: 'about 2.0x in all, 1.7x by pruning and 1.3x on top of it',
      shouldBe: 'undecided',
      arithmetic:
        '1.7 x 1.3 = 2.21; with all roundings in its favour 1.65 x 1.25 = 2.06, which no one would print as 2.0',
    },
  ],
  headlines: {
    'leopard.f10-mean-ae':
      "the energy per bit was fitted to this mean with the paper's own statistics, so that its coming out proves nothing",
    'leopard.f10-mean-hp':
      "rests on AE's fitted 3.9: nothing leaks here, so HP takes what AE takes; 4.085 with our MemN2N tasks, 2.69 if empty slots are left out",
  },
  figure: ({ tasks, means }, marks) =>
    taskFigure(
      {
        rows: tasks,
        value: ({ reduction }) => reduction,
        means,
        title: 'energy reduction [1]',
        claims: 'leopard.f10',
        description: 'Energy of the baseline over that of LeOPArd',
      },
      marks,
    ),
})

export default fig10
await main(import.meta, fig10)
