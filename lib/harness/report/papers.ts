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

/** One `name = {value}` of a BibTeX entry; values hold at most one more level of braces. */
const FIELD = /^\s*(\w+)\s*=\s*\{((?:[^{}]|\{[^{}]*\})*)\}/gm

/**
 * Reads golden/papers/<id>.bib. A ledger without one is a paper known by its id alone.
 *
 * @throws {SyntaxError} if the entry lacks its title, authors or year
 */
export function readPaper(root: string, id: string): Paper {
  const path = join(ledgerDirectory(root), `${id}.bib`)
  if (!existsSync(path)) return { id, name: id, title: id, authors: [], year: '', venue: '', bib: null }
  const bib = readFileSync(path, 'utf8')
  const fields = new Map(
    [...bib.matchAll(FIELD)].map(([, name = '', value = '']) => [name.toLowerCase(), value.replace(/[{}]/g, '')]),
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
    authors: need('author')
      .split(' and ')
      .map((author) => author.split(',')[0]?.trim() ?? author),
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
