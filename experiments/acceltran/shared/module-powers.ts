import { type AccelTran, type CycleSample, computeBlocks } from '../../../lib/accelerators/acceltran/mod.ts'

type Sample = (field: keyof CycleSample) => number

/** Power of the modules that work in a cycle. */
export function modulePowers(machine: AccelTran): {
  dynamicW(sample: Sample): number
  leakageW(sample: Sample): number
} {
  const { mac, softmax, layerNorm } = computeBlocks(machine.tileSide)
  const watts = (sample: Sample, key: 'dynamicMw' | 'leakageMw') =>
    (sample('busyMac') * mac[key] + sample('busySoftmax') * softmax[key] + sample('busyLayerNorm') * layerNorm[key]) /
    1000
  return {
    dynamicW: (sample) => watts(sample, 'dynamicMw'),
    leakageW: (sample) => watts(sample, 'leakageMw'),
  }
}
