/**
 * A cycle-by-cycle model of the AccelTran simulator, deliberately plain: every cycle looks at every module, every
 * buffer and every tile operation there is, and nothing is kept that could be found by looking again. Slow, but easy
 * to compare with the behavioural specification, so a faster simulator can be tested against it on small machines.
 */

/** Settings by the specification's short keys; switches that are left out are as published. */
export type LoopSettings = Readonly<Record<string, number>>

type Energy = 'peDyn' | 'peLeak' | 'bufStore' | 'mainMem' | 'bufLeak'
type Count = 'cycles' | 'embEnd' | 'busyMac' | 'busySm' | 'busyLn' | 'nMac' | 'nSm' | 'nLn'

/** What a run counted; energies in nJ, `busy` in module-cycles, `n` in modules taken. */
export interface LoopResult extends Readonly<Record<Energy | Count, number>> {
  readonly stalls: readonly number[]
  /** How often each tile op was issued: per layer head 0's in order, head 1's and so on, then the singles. */
  readonly issues: readonly number[]
}

/** What must be given: the model, the machine, the run. */
const MODEL = { seq: 0, batch: 0, l: 0, heads: 0, hd: 0, h: 0, ff: 0, vocab: 0 }
const MACHINE = { pe: 0, lanes: 0, sm: 0, ab: 0, wb: 0, mb: 0, mmbw: 0, bufbw: 0, mme: 0 }
const RUN = { as: 0, ws: 0, issue: 0, plot: 0 }
/** The switches of section 7. */
const AS_PUBLISHED = { dup: 1, adv: 1, bcast: 1, gap: 1, lastcmp: 1, fixorder: 0, pin: 1, gelu: 1, wbatch: 1 }
const ENERGY_AS_PUBLISHED = { maskdup: 1, olde: 0, leak: 1 }
const GIVEN = { ...MODEL, ...MACHINE, ...RUN }
type Parameters = typeof GIVEN & typeof AS_PUBLISHED & typeof ENERGY_AS_PUBLISHED

const MHZ = 700

interface Datum {
  readonly name: string
  readonly size: number
  required: boolean
}

type Type = 'matmul' | 'softmax' | 'norm' | 'gelu'
/** What all tile ops of a matrix operation have in common. */
type Operation = { readonly type: Type; readonly requires: readonly Datum[] }
type TileOp = { readonly operation: Operation; done: boolean; issued: number }
/** A store waits for its producer, a load has none. */
type MemoryOp = { readonly datum: Datum; readonly producer?: TileOp }
/** An element of a work list: one op, or one list of ops per head. */
type Element<T> = T | readonly (readonly T[])[]
type Module = { readonly pe: number; op: TileOp | undefined; remaining: number }
type Kind = ReturnType<typeof kindOfModule>
type Buffer = ReturnType<typeof emptyBuffer>
/** How far a work list has been worked off: an element, and an op of each head if it is a head list. */
type Cursor = { at: number; readonly heads: number[] }

const isHeadList = <T extends object>(element: Element<T> | undefined): element is readonly (readonly T[])[] =>
  Array.isArray(element)

/** Section 2: the memory list and the compute list. */
function workLists(p: Parameters) {
  const { seq: S, batch: B, hd: d, h, ff: F } = p
  const w = p.wbatch ? B : 1
  const [cS, cd, ch, cF] = [S, d, h, F].map((x) => Math.ceil(x / 16)) as [number, number, number, number]
  const load = (name: string, size: number): MemoryOp => ({ datum: { name, size, required: false } })
  const store = (name: string, size: number, ops: readonly TileOp[]): MemoryOp => ({
    datum: { name, size, required: false },
    producer: ops.at(-1) as TileOp,
  })
  const tiles = (type: Operation['type'], count: number, ...needs: readonly MemoryOp[]): TileOp[] => {
    const operation = { type, requires: needs.map(({ datum }) => datum) }
    return Array.from({ length: count }, () => ({ operation, done: false, issued: 0 }))
  }

  const headOps = (at: string) => {
    const loads = ['qL', 'kL', 'vL', 'oL'].map((name) => load(at + name, name === 'oL' ? w * d * h : w * h * d))
    const [qL, kL, vL, oL] = loads as [MemoryOp, MemoryOp, MemoryOp, MemoryOp]
    const q = tiles('matmul', B * cS * cd * ch, qL)
    const k = tiles('matmul', B * cS * cd * ch, kL)
    const v = tiles('matmul', B * cS * cd * ch, vL)
    const qS = store(`${at}qS`, B * S * d, q)
    const kS = store(`${at}kS`, B * S * d, k)
    const vS = store(`${at}vS`, B * S * d, v)
    const qk = tiles('matmul', B * cS * cS * cd, qS, kS, vS)
    const qkS = store(`${at}qkS`, B * S * S, qk)
    const softmax = tiles('softmax', B * cS * cS, qkS, vS)
    const smS = store(`${at}smS`, B * S * S, softmax)
    const pv = tiles('matmul', B * cS * cd * cS, vS, smS)
    const pvS = store(`${at}pvS`, B * S * d, pv)
    const o = tiles('matmul', B * cS * ch * cd, oL, pvS)
    const oS = store(`${at}oS`, B * S * h, o)
    const compute = [q, k, v, qk, softmax, pv, o].flat()
    return { memory: [qL, kL, vL, qS, kS, vS, qkS, smS, pvS, oL, oS], compute }
  }

  const emb = load('emb', (p.vocab + S) * h)
  emb.datum.required = true
  const memory: Element<MemoryOp>[] = [emb]
  const compute: Element<TileOp>[] = []
  for (let layer = 0; layer < p.l; layer++) {
    const heads = Array.from({ length: p.heads }, (_, head) => headOps(`${layer}.${head}.`))
    memory.push(heads.map((head) => head.memory))
    compute.push(heads.map((head) => head.compute))
    const f1L = load(`${layer}.f1L`, w * h * F)
    const f2L = load(`${layer}.f2L`, w * F * h)
    const ff1 = tiles('matmul', B * cS * cF * ch, f1L)
    const f1S = store(`${layer}.f1S`, B * S * F, ff1)
    const ff2 = tiles('matmul', B * cS * ch * cF, f2L)
    const f2S = store(`${layer}.f2S`, B * S * h, ff2)
    memory.push(f1L, f1S, f2L, f2S)
    // As published, a GeLU follows each feed-forward operation and has the shape of its input.
    const gelu1 = tiles('gelu', B * cS * (p.gelu ? ch : cF), f1S)
    const gelu2 = p.gelu ? tiles('gelu', B * cS * cF, f2S) : []
    const norm = () => tiles('norm', B * cS * ch)
    for (const ops of [norm(), ff1, gelu1, ff2, gelu2, norm()]) for (const op of ops) compute.push(op)
  }
  return { memory, compute, emb: emb.datum }
}

/** All modules of a kind, PE by PE; powers in mW. */
function kindOfModule(PEs: number, perPe: number, dynamic: number, leakage: number) {
  const place = (_: unknown, i: number): Module => ({ pe: Math.floor(i / perPe), op: undefined, remaining: 0 })
  return { dynamic, leakage, modules: Array.from({ length: PEs * perPe }, place), busy: 0, taken: 0 }
}

/** A buffer: `weight` in bits per element, `access` in nJ per 64 elements stored, `leakage` in nJ per cycle. */
function emptyBuffer(MB: number, weight: number, access: number, leakage: number) {
  return {
    ...{ capacity: MB * 2 ** 23, weight, access: access * Math.sqrt(MB), leakage: (leakage * MB) / MHZ },
    listed: [] as Datum[],
    used: 0,
    moving: undefined as Datum | undefined,
    remaining: 0,
    ready: true,
    energyPerCycle: 0,
    paidBy: 'mainMem' as 'mainMem' | 'bufStore',
  }
}

const present = (b: Buffer, d: Datum) => b.listed.includes(d) && b.moving !== d

/** Whether there is, or could be made, room for a datum (section 5, step A). */
function hasRoom(b: Buffer, d: Datum, newestCompared: number): boolean {
  const need = d.size * b.weight
  if (need > b.capacity) throw new RangeError(`${d.name} is larger than the buffer`)
  if (b.capacity - b.used >= need) return true
  const pinned = b.listed.reduce((sum, { size, required }) => sum + (required ? size : 0), 0)
  const compared = newestCompared ? (b.listed.at(-1) ?? d) : d
  return b.capacity - pinned * b.weight > compared.size * b.weight
}

/** Evicts what must go, oldest first, and starts the transfer. */
function startTransfer(b: Buffer, d: Datum, paidBy: Buffer['paidBy'], bandwidth: number, energy: number): void {
  const need = d.size * b.weight
  for (const old of [...b.listed]) {
    if (b.used + need <= b.capacity) break
    if (old.required) continue
    b.listed = b.listed.filter((other) => other !== old)
    b.used -= old.size * b.weight
  }
  if (b.used + need > b.capacity + 1e-6) throw new RangeError(`${d.name} does not fit`)
  b.listed.push(d)
  b.used += need
  b.moving = d
  b.ready = false
  b.remaining = Math.ceil(need / bandwidth)
  b.energyPerCycle = energy / b.remaining
  b.paidBy = paidBy
}

/** Runs a configuration to its end; throws a RangeError if it cannot be run or makes no progress. */
export function runLoop(settings: LoopSettings): LoopResult {
  for (const key of Object.keys(GIVEN)) if (!((settings[key] ?? -1) >= 0)) throw new RangeError(`${key} is missing`)
  const p: Parameters = { ...GIVEN, ...AS_PUBLISHED, ...ENERGY_AS_PUBLISHED, ...settings }
  const { as, ws, issue, heads } = p
  if (heads < 2) throw new RangeError('there must be at least 2 heads')

  const { memory, compute, emb } = workLists(p)
  const last = compute.at(-1) as TileOp

  // Section 4: the state at the start.
  const mac = kindOfModule(p.pe, p.lanes, 5.1955, 0.3189685)
  const softmax = kindOfModule(p.pe, p.sm, 34.6343, 2.6696)
  const norm = kindOfModule(p.pe, 1, 43.8378, 2.5753)
  const kinds = [mac, softmax, norm]
  // Section 3: which kind of module serves an op, and for how many cycles.
  const service = {
    matmul: { kind: mac, latency: Math.ceil((4096 / 16) * (1 - as)) },
    gelu: { kind: mac, latency: 1 },
    softmax: { kind: softmax, latency: Math.ceil(256 * (1 - as)) },
    norm: { kind: norm, latency: Math.ceil(32 * (1 - as)) },
  }
  const activation = emptyBuffer(p.ab, 20 * (1 - as), 0.079275099, 247.918667)
  const weights = emptyBuffer(p.wb, 20 * (1 - ws), 0.0856588, 210.40467)
  const masks = emptyBuffer(p.mb, 1, 0.08200675, 238.196)
  const buffers = [activation, weights, masks]
  const inMemory: Cursor = { at: 0, heads: Array(heads).fill(0) }
  const inCompute: Cursor = { at: 0, heads: Array(heads).fill(0) }
  let mark = 0
  let cycle = 0
  let embEnd = Number.NaN
  const stalls = [0, 0, 0, 0, 0, 0, 0]
  const energy = { peDyn: 0, peLeak: 0, bufStore: 0, mainMem: 0, bufLeak: 0 }
  const bump = (counts: number[], i: number, by = 1) => {
    counts[i] = (counts[i] as number) + by
  }

  /** A. Memory: starts what can be started; the heads' statuses, a single's as head 0's. */
  function stepMemory(added: number[]) {
    const status = Array<'none' | 'moved' | 'stalled'>(heads).fill('none')
    const visit = ({ datum, producer }: MemoryOp, head: number): void => {
      const target = producer ? activation : weights
      const conditions = [
        target.ready,
        masks.ready,
        hasRoom(target, datum, p.lastcmp),
        hasRoom(masks, datum, p.lastcmp),
        !producer || producer.done,
      ]
      if (conditions.every(Boolean)) {
        if (producer) {
          for (const b of [target, masks]) startTransfer(b, datum, 'bufStore', p.bufbw, (b.access * datum.size) / 64)
        } else {
          const load = (p.mme * datum.size * (p.olde ? 1 : 1 - ws)) / 64
          const maskLoad = p.maskdup ? load : (p.mme * datum.size * (1 / 20)) / 64
          startTransfer(target, datum, 'mainMem', p.mmbw, load)
          startTransfer(masks, datum, 'mainMem', p.mmbw, maskLoad)
        }
        status[head] = 'moved'
      } else {
        for (const [i, condition] of conditions.entries()) if (!condition) bump(added, i)
        status[head] = 'stalled'
      }
    }
    const element = memory[inMemory.at]
    if (element && !isHeadList(element)) visit(element, 0)
    if (isHeadList(element)) {
      const opOf = (head: number) => element[head]?.[inMemory.heads[head] as number]
      const unfinished = [...element.keys()].filter((head) => opOf(head))
      const cursor = (position: number) => inMemory.heads[unfinished[position] as number] as number
      const positions = [...unfinished.keys()].sort((a, b) => cursor(a) - cursor(b))
      // As published, with two or more heads left, positions are taken for head numbers.
      const confused = !p.fixorder && unfinished.length > 1
      for (const head of confused ? positions : positions.map((position) => unfinished[position] as number)) {
        const op = opOf(head)
        if (op) visit(op, head)
      }
    }
    return status
  }

  /** The tile ops that may be issued in this cycle: one window per head, or one for singles. */
  function windowsNow(): TileOp[][] {
    const element = compute[inCompute.at]
    if (!element) return []
    const alike = (a: Operation, b: Operation | undefined) => (p.adv ? a.type === b?.type : a === b)
    if (isHeadList(element)) {
      return element.map((ops, head) => {
        const cursor = inCompute.heads[head] as number
        const following = ops.slice(cursor, cursor + issue)
        return following.filter(({ operation }) => alike(operation, following[0]?.operation))
      })
    }
    const size = p.dup && p.adv && issue > 1 ? issue + 1 : issue
    const following = compute.slice(inCompute.at, inCompute.at + size)
    const end = following.findIndex((next) => isHeadList(next) || !alike(next.operation, element.operation))
    return [following.slice(0, end < 0 ? size : end) as TileOp[]]
  }

  /** B. Compute: issues every window that has modules and data; whether each window stalled. */
  function stepCompute(windows: readonly TileOp[][], added: number[]): boolean[] {
    // Nothing becomes free during this step, so free modules are looked up once.
    const free = new Map(kinds.map((kind) => [kind, kind.modules.filter(({ op }) => !op)]))
    return windows.map((window) => {
      let stalled = false
      const short = (kind: Kind) => {
        const needed = window.filter(({ operation }) => service[operation.type].kind === kind).length
        return (free.get(kind)?.length ?? 0) < needed
      }
      if (kinds.some(short)) {
        stalled = true
        bump(added, 5)
      }
      for (const { operation } of window) {
        if (operation.requires.every((d) => present(activation, d) || present(weights, d))) continue
        stalled = true
        bump(added, 6)
      }
      if (stalled) return true
      for (const op of window) {
        const { type } = op.operation
        const { kind, latency } = service[type]
        const candidates = free.get(kind) as Module[]
        const [first] = candidates
        if (!first) throw new RangeError(`there is no PE for a ${type} op`)
        // As published, a softmax op takes whatever is free in its PE.
        const all = type === 'softmax' && p.bcast
        const chosen = all ? candidates.filter((module) => module.pe === first.pe) : [first]
        candidates.splice(0, chosen.length)
        for (const module of chosen) {
          module.op = op
          module.remaining = latency
        }
        kind.taken += chosen.length
        op.issued++
      }
      return false
    })
  }

  /** C. Modules: a cycle of work; whether any module was occupied. */
  function stepModules(): boolean {
    let occupied = false
    for (const kind of kinds) {
      let working = 0
      for (const module of kind.modules) {
        if (!module.op) continue
        occupied = true
        const finished = module.remaining === 0
        if (!finished) {
          module.remaining--
          working++
        }
        // As published, a module is free one cycle after its last busy one.
        if (finished || (!p.gap && module.remaining === 0)) {
          module.op.done = true
          module.op = undefined
        }
      }
      kind.busy += working
      energy.peDyn += (working * kind.dynamic) / MHZ
      energy.peLeak += (working * kind.leakage) / MHZ
    }
    return occupied
  }

  /** D. Buffers: up to n cycles of transfer. */
  function stepBuffers(n: number): void {
    for (const b of buffers) {
      const k = Math.min(b.remaining, n)
      energy.bufLeak += (p.leak ? k : n) * b.leakage
      if (k > 0) energy[b.paidBy] += k * b.energyPerCycle
      b.remaining -= k
      if (b.remaining === 0) {
        b.ready = true
        b.moving = undefined
      }
    }
  }

  /** E. Flags: what finished ops required may be evicted, what windows require may not. */
  function stepFlags(windows: readonly TileOp[][]): void {
    const flag = (operation: Operation, required: boolean): void => {
      for (const d of operation.requires) if (buffers.some((b) => present(b, d))) d.required = required
    }
    let mayMove = true
    for (let at = mark; at < compute.length; at++) {
      const element = compute[at] as Element<TileOp>
      if (isHeadList(element)) {
        for (const ops of element) {
          let previous: Operation | undefined
          for (const { operation, done } of ops) {
            if (!done) {
              if (!p.pin) mayMove = false
              break
            }
            if (operation !== previous) flag(operation, false)
            previous = operation
          }
        }
      } else {
        if (!element.done) break
        flag(element.operation, false)
        if (mayMove) mark = at
      }
    }
    // What was issued in this cycle is part of the windows.
    for (const window of windows) for (const { operation } of window) flag(operation, true)
  }

  /** H. Cursors: what is not stalled moves on, and a head list is left when all heads are finished. */
  function moveCursors(windows: readonly TileOp[][], status: readonly string[], stalled: readonly boolean[]): void {
    const move = (cursor: Cursor, list: readonly (readonly unknown[])[], step: (head: number) => number): void => {
      for (const [head, ops] of list.entries()) {
        cursor.heads[head] = Math.min((cursor.heads[head] as number) + step(head), ops.length)
      }
      if (list.some((ops, head) => (cursor.heads[head] as number) < ops.length)) return
      cursor.at++
      cursor.heads.fill(0)
    }
    const loading = memory[inMemory.at]
    // A head that was not visited moves on like one that was served.
    if (isHeadList(loading)) move(inMemory, loading, (head) => (status[head] === 'stalled' ? 0 : 1))
    else if (loading && status[0] !== 'stalled') inMemory.at++

    const running = compute[inCompute.at]
    const issued = (head: number) => windows[head]?.length ?? 0
    // As published, the ops that a window dropped because of their type are passed all the same.
    const step = (head: number) => (p.adv ? issue : issued(head))
    if (isHeadList(running)) move(inCompute, running, (head) => (stalled[head] ? 0 : step(head)))
    else if (running && !stalled[0] && !p.adv) inCompute.at += issued(0)
    else if (running && !stalled[0]) {
      // As published, ops of another type that are passed here are never issued.
      let next = inCompute.at + 1
      while (next < inCompute.at + issue && next < compute.length - 1 && !isHeadList(compute[next])) next++
      inCompute.at = next
    }
  }

  let idle = { state: '', repeated: 0 }
  while (!last.done) {
    const added = [0, 0, 0, 0, 0, 0, 0]
    const windows = windowsNow()
    const status = stepMemory(added)
    const stalled = stepCompute(windows, added)
    const occupied = stepModules()
    stepBuffers(1)
    stepFlags(windows)
    cycle++
    for (const [i, count] of added.entries()) bump(stalls, i, count)
    if (Number.isNaN(embEnd) && present(weights, emb)) embEnd = cycle

    // G. Fast-forward, while only transfers can change anything (or so the official program thinks).
    const waiting = memory[inMemory.at] && !status.includes('moved')
    const transfers = buffers.map(({ remaining }) => remaining).filter((remaining) => remaining > 0)
    if (waiting && transfers.length > 0 && kinds.every(({ modules }) => modules.every(({ op }) => !op))) {
      const n = Math.min(...transfers, p.plot - (cycle % p.plot) - 1)
      if (n > 1) {
        stepBuffers(n)
        cycle += n
        for (const [i, count] of added.entries()) bump(stalls, i, n * count)
        continue
      }
    }

    moveCursors(windows, status, stalled)

    // Not a step: an idle machine whose state was the same after this cycle and the two before is stuck.
    const kept = () => buffers.map((b) => [b.ready, b.listed.map(({ name, required }) => [name, required])])
    const state = occupied || transfers.length > 0 ? '' : JSON.stringify([inMemory, inCompute, mark, kept()])
    idle = { state, repeated: state && state === idle.state ? idle.repeated + 1 : 0 }
    if (idle.repeated >= 2) throw new RangeError(`there is no progress after cycle ${cycle}`)
  }

  const issues = compute.flatMap((element) => (isHeadList(element) ? element.flat() : [element]))
  const busy = { busyMac: mac.busy, busySm: softmax.busy, busyLn: norm.busy }
  const taken = { nMac: mac.taken, nSm: softmax.taken, nLn: norm.taken }
  return { cycles: cycle, embEnd, stalls, ...energy, ...busy, ...taken, issues: issues.map(({ issued }) => issued) }
}
