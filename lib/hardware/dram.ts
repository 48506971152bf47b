import type { Quantity } from '../numeric/mod.ts'

/** Energy of moving a byte to or from DRAM, by the table that publishes it. */
export const DRAM_PJ_PER_BYTE = {
  'timeloop-pat': {
    value: 100,
    unit: 'pJ/byte',
    source: {
      kind: 'public',
      which: 'NVlabs/timeloop pat-public/src/pat/pat.cpp: 200 per 16 bits, so 100 per 8-bit word, printed as pJ',
    },
  },
  dosa: {
    value: 100,
    unit: 'pJ/byte',
    source: { kind: 'public', which: 'ucb-bar/dosa a7a3239 dataset/dse/energy_model.py: 100 pJ per 8-bit DRAM word' },
  },
  'accelergy-lpddr4': {
    value: 512 / 8,
    unit: 'pJ/byte',
    source: {
      kind: 'public',
      which: 'timeloop-accelergy-exercises 2d55108, energy reference table of LPDDR4: 512 pJ per 64-bit access',
    },
  },
} as const satisfies Record<string, Quantity>

/** A published DRAM energy. */
export type DramEnergyName = keyof typeof DRAM_PJ_PER_BYTE
