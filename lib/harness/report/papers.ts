import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ledgerDirectory } from '../ledger.ts'

/** A paper as its BibTeX entry describes it. */
export interface Paper {
  /** Name of its ledger. */
  readonly id: string
  /** What people call it. */
  readonly name: string
  readonly title: string
  /** Family names. */
  readonly authors: readonly string[]
  readonly year: string
  /** Where it appeared. */
  readonly venue: string
  /** The entry as text; null where golden/papers has none. */
  readonly bib: string | null
}

/** One `name = {value}`, `name = "value"` or `name = 2023` of a BibTeX entry; braces nest twice at most. */
const FIELD = /(\w+)\s*=\s*(?:\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}|"([^"]*)"|(\d+))/g

/** The family name of "Lee, Ann" or "Ann Lee". */
function familyName(author: string): string {
  return (author.includes(',') ? author.split(',')[0] : author.split(/\s+/).at(-1)) ?? author
}

/** A paper of which no more than its ledger's name is known. */
export function unknownPaper(id: string): Paper {
  return { id, name: id, title: id, authors: [], year: '', venue: '', bib: null }
}

/**
 * Reads golden/papers/<id>.bib. A ledger without one is a paper known by its id alone.
 *
 * @throws {SyntaxError} if the entry lacks its title, authors or year
 */
export function readPaper(root: string, id: string): Paper {
  const path = join(ledgerDirectory(root), `${id}.bib`)
  if (!existsSync(path)) return unknownPaper(id)
  const bib = readFileSync(path, 'utf8')
  const fields = new Map(
    [...bib.matchAll(FIELD)].map(([, name = '', braced, quoted, bare]) => [
      name.toLowerCase(),
      (braced ?? quoted ?? bare ?? '')
        .replace(/[{}]/g, '')
        .replace(/\\([&%$#_])/g, '$1')
        .replace(/\s+/g, ' '),
    ]),
  )
  const need = (name: string) => {
    const value = fields.get(name)
    if (!value) throw new SyntaxError(`Cannot read golden/papers/${id}.bib: it must have the field ${name}, got none`)
    return value
  }
  const eprint = fields.get('eprint')
  return {
    id,
    name: fields.get('shorttitle') ?? id,
    title: need('title'),
    authors: need('author').split(' and ').map(familyName),
    year: need('year'),
    venue: fields.get('booktitle') ?? fields.get('journal') ?? (eprint ? `arXiv ${eprint}` : ''),
    bib,
  }
}

/** The paper in one line: authors, title, venue, year. */
export function citationLine({ authors, title, venue, year }: Paper): string {
  const [first] = authors
  const names = authors.length > 2 ? `${first} et al` : authors.join(' and ')
  return [names, title, venue, year].filter(Boolean).join('. ')
}
