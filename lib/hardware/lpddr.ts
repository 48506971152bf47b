import type { Source } from '../numeric/mod.ts'

/** A DRAM device by its datasheet currents (mA, at `vdd` volts) and timing, and how many make up the bus. */
export interface DramDevice {
  readonly name: string
  readonly vdd: number
  /** One bank's activate and precharge cycle. */
  readonly idd0: number
  /** Precharged and active standby. */
  readonly idd2n: number
  readonly idd3n: number
  /** Burst read. */
  readonly idd4r: number
  readonly clockNs: number
  /** Row cycle and row active time, clocks. */
  readonly rowCycle: number
  readonly rowActive: number
  /** Bits of a device's data bus, and devices side by side. */
  readonly deviceBits: number
  readonly devices: number
  /** Bytes of a row over all devices. */
  readonly rowBytes: number
  readonly source: Source
}

/** What streaming whole rows costs. */
export interface DramStream {
  /** GB/s (10^9) at both clock edges. */
  readonly bandwidthGbPerS: number
  readonly burstPjPerBit: number
  readonly activatePjPerBit: number
  /** Active standby of all devices. */
  readonly backgroundMw: number
  /** Burst, activation and background at full bandwidth. */
  readonly totalPjPerBit: number
}

/**
 * Energy and bandwidth of reading a DRAM row after row (Micron's current arithmetic: the burst current above active
 * standby, one activation per row). Interface energy is not in the datasheet's currents.
 */
export function dramStream(device: DramDevice): DramStream {
  const { vdd, idd0, idd2n, idd3n, idd4r, clockNs, rowCycle, rowActive, deviceBits, devices, rowBytes } = device
  const bitsPerNs = (2 * deviceBits * devices) / clockNs
  const burstPjPerBit = (vdd * (idd4r - idd3n) * devices) / bitsPerNs
  const activateMaNs = idd0 * rowCycle - (idd3n * rowActive + idd2n * (rowCycle - rowActive))
  const activatePjPerBit = (vdd * activateMaNs * clockNs * devices) / (rowBytes * 8)
  const backgroundMw = vdd * idd3n * devices
  return {
    bandwidthGbPerS: bitsPerNs / 8,
    burstPjPerBit,
    activatePjPerBit,
    backgroundMw,
    totalPjPerBit: burstPjPerBit + activatePjPerBit + backgroundMw / bitsPerNs,
  }
}

/**
 * Time and energy of reading so many bytes at full bandwidth.
 *
 * @returns ns and pJ
 */
export function readDram(device: DramDevice, bytes: number): { readonly latencyNs: number; readonly energyPj: number } {
  const { bandwidthGbPerS, totalPjPerBit } = dramStream(device)
  return { latencyNs: bytes / bandwidthGbPerS, energyPj: 8 * bytes * totalPjPerBit }
}

/** A 64-bit channel of LPDDR4-2400: four devices of 16 bit. */
export const LPDDR4_2400: DramDevice = {
  name: 'LPDDR4-2400, 8 Gb x16, 4 devices',
  vdd: 1.2,
  idd0: 80,
  idd2n: 34,
  idd3n: 47,
  idd4r: 243,
  clockNs: 0.83,
  rowCycle: 47,
  rowActive: 32,
  deviceBits: 16,
  devices: 4,
  rowBytes: 8192,
  source: {
    kind: 'public',
    which:
      'umd-memsys/DRAMsim3 29817593 configs/LPDDR4_8Gb_x16_2400.ini: VDD, IDD, tCK, tRAS, tRP (row cycle = tRAS + tRP = 47), 1024 columns; energy as in its src/configuration.cc, InitPowerParams; refresh (0.33 pJ/bit more) and interface left out',
  },
}

/** A 64-bit channel of LPDDR3-1600: two devices of 32 bit. */
export const LPDDR3_1600: DramDevice = {
  name: 'LPDDR3-1600, 8 Gb x32, 2 devices',
  vdd: 1.2,
  idd0: 40,
  idd2n: 20.5,
  idd3n: 21,
  idd4r: 250,
  clockNs: 1.25,
  rowCycle: 49,
  rowActive: 34,
  deviceBits: 32,
  devices: 2,
  rowBytes: 8192,
  source: {
    kind: 'public',
    which:
      'umd-memsys/DRAMsim3 0eb6360 configs/LPDDR3_8Gb_x32_1600.ini: VDD, IDD, tCK, tRAS, tRP (row cycle = tRAS + tRP = 49), 1024 columns; energy as for LPDDR4, refresh and interface left out',
  },
}
