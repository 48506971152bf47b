/** What holds an operation up, in the order in which the simulator counts them. */
export const STALL_CAUSES = [
  'data buffer busy',
  'mask buffer busy',
  'data buffer full',
  'mask buffer full',
  'data not computed yet',
  'modules busy',
  'inputs not there',
] as const
export type StallCause = (typeof STALL_CAUSES)[number]

/** Positions of the causes in a list of counts. */
export const STALL = {
  dataBusy: 0,
  maskBusy: 1,
  dataFull: 2,
  maskFull: 3,
  notComputed: 4,
  modulesBusy: 5,
  inputsMissing: 6,
} as const
