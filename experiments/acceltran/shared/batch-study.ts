import {
  type AccelTran,
  type AccelTranQuirks,
  type AccelTranRun,
  type BatchEnergy,
  batchEnergy,
  type Simulation,
  type SimulationOptions,
  type Sparsity,
  simulate,
} from '../../../lib/accelerators/acceltran/mod.ts'
import {
  type MachineValues,
  type ModelValues,
  machineOf,
  type QuirkValues,
  quirksOf,
  runOf,
  type SparsityValues,
  sparsityOf,
} from './simulation-params.ts'

/** Parameters of a simulated batch. */
export type BatchValues = ModelValues & MachineValues & QuirkValues & SparsityValues

/** A batch simulated, with its energy and what it was simulated on. */
export interface Batch {
  readonly run: AccelTranRun
  readonly machine: AccelTran
  readonly quirks: AccelTranQuirks
  readonly sparsity: Sparsity
  readonly simulation: Simulation
  readonly energy: BatchEnergy
}

/** Simulates the batch that parameters describe. */
export function simulateBatch(
  params: BatchValues,
  options: Pick<SimulationOptions, 'headPriority' | 'recorder'> = {},
): Batch {
  const run = runOf(params)
  const machine = machineOf(params)
  const quirks = quirksOf(params)
  const sparsity = sparsityOf(params)
  const { reportPeriod } = params
  const simulation = simulate(run, { machine, sparsity, quirks, reportPeriod, ...options })
  return { run, machine, quirks, sparsity, simulation, energy: batchEnergy(simulation, machine, { quirks }) }
}

/** Cycles without those until the embeddings are loaded. */
export function computeCycles({ simulation }: Batch): number {
  return simulation.cycles - simulation.embeddingCycles
}

/** Sequences per second over a number of cycles. */
export function throughput({ run, machine }: Batch, cycles: number): number {
  return (run.batch * machine.clockMhz * 1e6) / cycles
}
