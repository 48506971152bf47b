import { type DvfsSystem, type ExitCount, nominalPoint } from '../../../lib/accelerators/edgebert/mod.ts'
import { type InferenceValues, type Machine, machineOf, nominalUj, outcomeOf, type TaskWork } from './inference.ts'
import { toMs } from './machine-params.ts'
import { SST2_EARLY_EXITS, SST2_LATENCY_AWARE_EXITS } from './sst2-exits.ts'
import { hardwareRow, TASKS, type Task } from './tasks.ts'
import { traceMean, type UserTrace } from './user-files.ts'

/** The bars of Fig. 9. */
export const SCHEMES = ['Base', 'EE', 'LAI', 'LAI+AAS+Sparse'] as const
/** What stands for a task's sentences. */
export const EXITS = ['trace', 'mean sentence', 'earliest', 'latest'] as const
export type Exits = (typeof EXITS)[number]
/** The task whose sentences are known. */
export const TRACED = 'SST-2'

/** What fig09 runs on, files left out. */
export type Values = InferenceValues & {
  readonly nullHeads: readonly number[]
  readonly encoderSparsity: readonly number[]
  readonly targetsMs: readonly number[]
}

/** Sentences to run: a trace, or one sentence that stands for all. */
export interface Subject {
  readonly task: string
  readonly exits: Exits
  readonly work: TaskWork
  readonly trace: readonly ExitCount[]
  readonly earlyExit: number
}

/** What a task brings, from the lists of the parameters. */
export function workOf(params: Values, task: Task): TaskWork {
  const index = TASKS.indexOf(task)
  return { nullHeads: params.nullHeads[index] as number, encoderSparsity: params.encoderSparsity[index] as number }
}

/** A user's sentences as something to run. */
export function subjectOfTrace(task: string, work: TaskWork, { exits, earlyExits }: UserTrace): Subject {
  const earlyExit = traceMean(earlyExits, ({ actual }) => actual)
  return { task, exits: 'trace', work, trace: exits, earlyExit }
}

/** The sentences of SST-2, and the mean sentence that stands for them; two bounds for the other tasks. */
export function subjectsOf(params: Values, task: Task): Subject[] {
  const work = workOf(params, task)
  const row = hardwareRow(task)
  const one = (exits: Exits, actual: number): Subject => ({
    task,
    exits,
    work,
    trace: [{ predicted: row.predictedExit, actual, count: 1 }],
    earlyExit: row.earlyExit,
  })
  if (task !== TRACED) return [one('earliest', row.earlyExit), one('latest', row.predictedExit)]
  const trace = SST2_LATENCY_AWARE_EXITS.find(({ threshold }) => threshold === row.awareThreshold)?.exits ?? []
  const early = SST2_EARLY_EXITS.find(({ threshold }) => threshold === row.earlyThreshold)?.exits ?? []
  const earlyExit = traceMean(early, ({ actual }) => actual)
  const predicted = traceMean(trace, (exit) => exit.predicted)
  const actual = traceMean(trace, (exit) => exit.actual)
  return [
    { task, exits: 'trace', work, trace, earlyExit },
    {
      task,
      exits: 'mean sentence',
      work,
      trace: [{ predicted, actual, count: 1 }],
      earlyExit,
    },
  ]
}

/** The accelerator without and with all optimisations, and the energy of a whole run and of early exit without any. */
function machinesOf(params: Values, system: DvfsSystem, { work, earlyExit }: Subject) {
  const plain = machineOf(params, system, { work, optimised: false })
  const optimised = machineOf(params, system, { work, optimised: true })
  return { plain, optimised, baseUj: nominalUj(params.layers, plain), earlyUj: nominalUj(earlyExit, plain) }
}

/** A subject under every scheme and target. */
export function schemeRows(params: Values, system: DvfsSystem, subject: Subject) {
  const { task, exits, trace, earlyExit } = subject
  const { plain, optimised, baseUj, earlyUj } = machinesOf(params, system, subject)
  const nominal = nominalPoint(system)
  const gains = (energyUj: number) => ({ energyUj, overBase: baseUj / energyUj, overEarly: earlyUj / energyUj })
  const still = (scheme: 'Base' | 'EE', layers: number, energyUj: number) => ({
    task,
    targetMs: null,
    scheme,
    exits,
    predictedExit: layers,
    actualExit: layers,
    voltage: nominal.voltage,
    ghz: nominal.maxGhz,
    latencyMs: toMs(layers * plain.cyclesPerLayer, nominal.maxGhz),
    ...gains(energyUj),
    missedPercent: 0,
    infeasiblePercent: 0,
  })
  const aware = (scheme: 'LAI' | 'LAI+AAS+Sparse', machine: Machine, targetMs: number) => {
    const { result, energyUj } = outcomeOf(trace, machine, targetMs)
    return {
      task,
      targetMs,
      scheme,
      exits,
      predictedExit: result.predictedExit,
      actualExit: result.actualExit,
      voltage: result.voltage,
      ghz: result.ghz,
      latencyMs: result.latencyNs / 1e6,
      ...gains(energyUj),
      missedPercent: 100 * result.missedShare,
      infeasiblePercent: 100 * result.infeasibleShare,
    }
  }
  return [
    still('Base', params.layers, baseUj),
    still('EE', earlyExit, earlyUj),
    ...params.targetsMs.flatMap((targetMs) => [
      aware('LAI', plain, targetMs),
      aware('LAI+AAS+Sparse', optimised, targetMs),
    ]),
  ]
}

/** Where the energy of the traced sentences goes, mean per sentence. */
export function energyRows(params: Values, system: DvfsSystem, traced: Subject) {
  const { plain, optimised } = machinesOf(params, system, traced)
  const schemes = [
    ['LAI', plain],
    ['LAI+AAS+Sparse', optimised],
  ] as const
  return params.targetsMs.flatMap((targetMs) =>
    schemes.map(([scheme, machine]) => {
      const { result, energyUj } = outcomeOf(traced.trace, machine, targetMs)
      const { totalUj, ...parts } = result.energy
      return { scheme, targetMs, ...parts, weightsUj: energyUj - totalUj, totalUj: energyUj }
    }),
  )
}

/** The largest gains over the targets of latency-aware inference with all optimisations. */
export function bestGains(params: Values, system: DvfsSystem, subject: Subject) {
  const { optimised, baseUj, earlyUj } = machinesOf(params, system, subject)
  const leastUj = Math.min(
    ...params.targetsMs.map((targetMs) => outcomeOf(subject.trace, optimised, targetMs).energyUj),
  )
  return { overBase: baseUj / leastUj, overEarly: earlyUj / leastUj }
}
