import { table } from './csv.ts'

/** Single scores; `q` and `k` are numbers separated by spaces, `pruned` is 1 or 0. */
export const bitSerialVectors = () =>
  table('leopard-bit-serial.csv', {
    d: 'number',
    bits: 'number',
    bitsPerCycle: 'number',
    threshold: 'number',
    q: 'text',
    k: 'text',
    bitsProcessed: 'number',
    cycles: 'number',
    pruned: 'number',
    exactScore: 'number',
  })

/** Traces on a tile; queries of `cycles` and `kept` are separated by slashes, keys by spaces. */
export const traceVectors = () =>
  table('leopard-trace.csv', {
    dpus: 'number',
    alpha: 'number',
    fifo: 'number',
    barrier: 'number',
    dealing: 'text',
    cycles: 'text',
    kept: 'text',
    totalCycles: 'number',
    frontBusy: 'number',
    backBusy: 'number',
    barrierStall: 'number',
    backStall: 'number',
    fifoStall: 'number',
  })

/** Times of a query from mean statistics. */
export const statisticsVectors = () =>
  table('leopard-statistics.csv', {
    p: 'number',
    b: 'number',
    N: 'number',
    B: 'number',
    bits: 'number',
    alpha: 'number',
    alphaBase: 'number',
    keys: 'number',
    frontCycles: 'number',
    backCycles: 'number',
    timeCycles: 'number',
    speedup: 'number',
    utilisation: 'number',
  })

/** Energy per score, by part on the baseline. */
export const energyVectors = () =>
  table('leopard-energy.csv', {
    sramShare: 'number',
    softmaxShare: 'number',
    eta: 'number',
    p: 'number',
    b: 'number',
    bits: 'number',
    beta: 'number',
    baseQK: 'number',
    baseKBuffer: 'number',
    baseSoftmax: 'number',
    baseXV: 'number',
    baseVBuffer: 'number',
    energyPruningOnly: 'number',
    energyLeopard: 'number',
  })

/** Quantities in one process over those in another; `dennard` has no voltages, `stillmaker` no area. */
export const scalingVectors = () =>
  table('leopard-scaling.csv', {
    fromNode: 'number',
    fromVolt: 'number',
    toNode: 'number',
    toVolt: 'number',
    delayFactor: 'number',
    energyFactor: 'number',
    powerFactor: 'number',
    rule: 'text',
    areaFactor: 'number',
  })

/** The soft threshold `y` of a score `x`, the surrogate `l0` of its being kept, and the slopes of both. */
export const softThresholdVectors = () =>
  table('leopard-soft-threshold.csv', {
    x: 'number',
    th: 'number',
    s: 'number',
    c: 'number',
    k: 'number',
    alpha: 'number',
    y: 'number',
    dydx: 'number',
    dydth: 'number',
    l0: 'number',
    dl0dx: 'number',
    dl0dth: 'number',
  })
