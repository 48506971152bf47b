import { oneLine } from '../command.ts'
import type { AnyExperiment } from '../experiment.ts'
import { readGolden } from '../golden-file.ts'
import { type LedgerClaim, readLedgers } from '../ledger.ts'
import { type Outcome, outcomeOf } from '../verdict.ts'
import type { Counts } from '../verdict-look.ts'
import { loadExperiment } from './discover.ts'
import { lastSeconds } from './run-cache.ts'

/** What is known of an experiment without running it. */
export interface CatalogueEntry {
  readonly id: string
  /** Its ledger; null for a study that no paper has. */
  readonly paper: string | null
  readonly item: string
  readonly title: string
  readonly version: string
  /** How long its last run took; null if that is not known. */
  readonly seconds: number | null
  /** Claims by outcome as last accepted, without those that repeat another; null without a golden of this version. */
  readonly verdicts: Counts | null
  /** Names of its parameters, and ids of its claims. */
  readonly params: readonly string[]
  readonly claims: readonly string[]
}

/** Experiments, and what is wrong with those that cannot be listed in full. */
export interface Catalogue {
  readonly entries: readonly CatalogueEntry[]
  readonly broken: readonly { readonly id: string; readonly message: string }[]
}

function acceptedVerdicts(
  root: string,
  { id, version }: AnyExperiment,
  ledger: ReadonlyMap<string, LedgerClaim>,
): Counts | null {
  const golden = readGolden(root, id)
  if (golden?.version !== version) return null
  const counts: Partial<Record<Outcome, number>> = {}
  for (const [claim, { verdict }] of Object.entries(golden.verdicts)) {
    const { repeats = null, role = 'result' } = ledger.get(claim) ?? {}
    const outcome = outcomeOf({ role, verdict })
    if (repeats === null) counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  return counts
}

/**
 * Reads experiments, their goldens and the times of their last runs; runs nothing.
 *
 * @throws {SyntaxError} if a ledger is malformed
 */
export async function readCatalogue(root: string, ids: readonly string[]): Promise<Catalogue> {
  const entries: CatalogueEntry[] = []
  const broken: { id: string; message: string }[] = []
  const ledger = readLedgers(root)
  for (const id of ids) {
    try {
      const exp = await loadExperiment(root, id)
      let verdicts: Counts | null = null
      try {
        verdicts = acceptedVerdicts(root, exp, ledger)
      } catch (error) {
        broken.push({ id, message: oneLine(error) })
      }
      entries.push({
        id,
        paper: exp.paper ?? null,
        item: exp.item,
        title: exp.title,
        version: exp.version,
        seconds: lastSeconds(root, id),
        verdicts,
        params: Object.keys(exp.params),
        claims: Object.keys(exp.claims),
      })
    } catch (error) {
      broken.push({ id, message: oneLine(error) })
    }
  }
  return { entries, broken }
}

/** Whether a text occurs in an experiment's id, item, title, parameter names or claim ids; case does not count. */
export function mentions(entry: CatalogueEntry, text: string): boolean {
  const { id, item, title, params, claims } = entry
  const wanted = text.toLowerCase()
  return [id, item, title, ...params, ...claims].some((part) => part.toLowerCase().includes(wanted))
}
