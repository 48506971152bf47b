import type { Operation, OperationKind } from './graph.ts'

/** Consecutive tile operations of one operation. */
export interface Segment {
  readonly operation: Operation
  /** Number of the first one, over all. */
  readonly first: number
  readonly count: number
}

/** Tile operations of one kind that are issued together. */
export interface IssueWindow {
  readonly kind: OperationKind
  readonly count: number
  readonly segments: readonly Segment[]
}

/** Tile operations in a sequence of operations. */
export function tilesOf(operations: readonly Operation[]): number {
  const last = operations.at(-1)
  const [first] = operations
  return last && first ? last.first + last.tiles - first.first : 0
}

/**
 * The window at a place in a sequence of operations.
 *
 * @param from tile operations before it
 * @param width tile operations it may hold
 * @param reach `operation`: it ends with the operation; `kind`: with the first of another kind; `skip`: others of the
 *   sequence within its width are dropped if they are of another kind
 * @returns null behind the end
 */
export function windowAt(
  operations: readonly Operation[],
  from: number,
  { width, reach }: { width: number; reach: 'operation' | 'kind' | 'skip' },
): IssueWindow | null {
  const start = (operations[0]?.first ?? 0) + from
  const end = start + width
  const segments: Segment[] = []
  let kind: OperationKind | null = null
  let count = 0
  for (const operation of operations) {
    const first = Math.max(start, operation.first)
    const size = Math.min(end, operation.first + operation.tiles) - first
    if (size <= 0) continue
    if (kind !== null && reach === 'operation') break
    if (kind !== null && operation.kind !== kind) {
      if (reach === 'kind') break
      continue
    }
    kind = operation.kind
    segments.push({ operation, first, count: size })
    count += size
  }
  return kind === null ? null : { kind, count, segments }
}
