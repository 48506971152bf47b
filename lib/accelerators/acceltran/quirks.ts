/** Rules of the published simulator that differ from what they should be; each is off by default. */
export interface AccelTranQuirks {
  /** A window of single tile operations holds one more than the issue width, so every issue-th one runs twice. */
  readonly repeatedIssue?: boolean
  /** A window drops tile operations of another kind, and the cursor steps over them: they never run. */
  readonly droppedOperations?: boolean
  /** A softmax operation takes all free softmax modules of a PE. */
  readonly softmaxBroadcast?: boolean
  /** A module is free, and its operation done, one cycle after its last busy one. */
  readonly freeGap?: boolean
  /** Whether a buffer can be cleared for a datum is decided by the size of the newest datum in it. */
  readonly roomByNewest?: boolean
  /** Positions among the unfinished heads, sorted by progress, are taken for numbers of heads. */
  readonly positionsAsHeads?: boolean
  /** Data are released past heads that are not done, and what those need stays pinned for good. */
  readonly releaseOvertakes?: boolean
  /** GeLU follows both feed-forward layers and is sized by their inputs. */
  readonly geluTwice?: boolean
  /** A layer does not wait for the one before, layer norm not for what it normalises, nor what follows for layer norm. */
  readonly missingDependencies?: boolean
  /** Weights are loaded and kept once per batch element. */
  readonly weightsPerBatchElement?: boolean
  /** Loading a mask costs as much main-memory energy as loading what it masks. */
  readonly maskAtFullCost?: boolean
  /** A load's energy counts all elements, zeros included. */
  readonly denseLoadEnergy?: boolean
  /** A store's energy counts all elements, zeros included, and a mask bit as a word. */
  readonly denseStoreEnergy?: boolean
  /** Buffers that do not transfer leak nothing. */
  readonly idleBuffersFree?: boolean
  /** FIFOs and the modules before and after a MAC lane neither take time nor energy. */
  readonly idleSubmodules?: boolean
  /** A byte of the bandwidths counts as a word. */
  readonly wordBandwidth?: boolean
  /** Waiting is skipped by stalls that may be over already; their number hangs on the period of progress reports. */
  readonly staleSkip?: boolean
}

export type AccelTranQuirk = keyof AccelTranQuirks

/** What each rule is and what it should be, for reports. */
export const ACCELTRAN_QUIRKS: Readonly<
  Record<AccelTranQuirk, { readonly published: string; readonly right: string }>
> = {
  repeatedIssue: {
    published: 'windows of single tile operations hold issue + 1 of them, the cursor moves by issue',
    right: 'issue of them',
  },
  droppedOperations: {
    published:
      'a window drops other kinds of operation, the cursor moves by issue all the same; the last is issued again',
    right: 'a window holds tile operations of one operation, the cursor moves by as many as were issued',
  },
  softmaxBroadcast: { published: 'one operation takes all free softmax modules of a PE', right: 'one module' },
  freeGap: {
    published: 'a module is free one cycle after its last busy one',
    right: 'at the end of its last busy cycle',
  },
  roomByNewest: {
    published: 'room after eviction is compared with the newest datum in the buffer',
    right: 'with the datum to store',
  },
  positionsAsHeads: {
    published: 'sorted positions among unfinished heads are used as head numbers',
    right: 'the heads they stand for',
  },
  releaseOvertakes: {
    published: 'the release mark passes heads that are not done',
    right: 'it waits for them',
  },
  geluTwice: {
    published: 'GeLU after both feed-forward layers, in the shape of their inputs',
    right: 'after the first alone, in the shape of its output',
  },
  missingDependencies: {
    published: 'operations wait for data in buffers alone, not for other heads, layers, layer norm or GeLU',
    right: 'they wait for these too',
  },
  weightsPerBatchElement: { published: 'weights once per batch element', right: 'once' },
  maskAtFullCost: {
    published: 'a mask costs the main-memory energy of a whole load',
    right: 'one bit of 20 per element',
  },
  denseLoadEnergy: {
    published: 'the energy of a load counts zeros (until 2022-09-30)',
    right: 'what is loaded: the non-zeros',
  },
  denseStoreEnergy: {
    published: 'the energy of a store counts zeros, and a mask bit as a word',
    right: 'what is stored: the non-zeros, and one bit of 20 per element',
  },
  idleBuffersFree: { published: 'buffers leak while they transfer', right: 'all the time' },
  idleSubmodules: {
    published: 'FIFO, pre- and post-sparsity modules never run',
    right: 'both operands pass the FIFOs, and a cycle is spent before and after',
  },
  wordBandwidth: { published: 'bandwidths in bytes are taken for words of 20 bit', right: 'bytes have 8 bit' },
  staleSkip: {
    published: 'waiting is skipped by stalls found before modules and buffers moved on',
    right: 'stalls are looked at anew each cycle',
  },
}
