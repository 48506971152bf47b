/** What the checklist needs to know. */
export interface BadgeFacts {
  /** The archive's name. */
  readonly archive: string
  readonly experiments: number
  /** Claims of the ledgers that say what a paper found, repeats left out. */
  readonly results: number
  /** Of these: equal at the printed precision. */
  readonly exact: number
  /** Of these: need the authors' silicon, testbed or unpublished model. */
  readonly unreachable: number
  /** Of these: no experiment covers them. */
  readonly pending: number
}

/** The badges of ACM's policy on artifact review (version 1.1) in Markdown: what is there, and what an evaluator does. */
export function badgeChecklist(facts: BadgeFacts): string {
  const { archive, experiments, results, exact, unreachable, pending } = facts
  return `## Checklist for the ACM badges (policy version 1.1)

A box is for the evaluator to tick. What Reprise cannot show by itself is said under each badge.

### Artifacts Available

- [ ] The archive lies in a public archival repository under a DOI. **Not done by this archive**: the submitter uploads
      \`${archive}\` to a repository that keeps what it has (Zenodo, figshare, the ACM Digital Library or an
      institution's), gets the DOI there and states it in the paper. A page of one's own or a code-hosting site does not
      count.
- [ ] The file under the DOI is the one that is evaluated: compare its SHA-256 with the one the submitter states.
- [ ] Nothing was damaged or left out: \`sha256sum --check --quiet SHA256SUMS\` prints nothing.
- [ ] The licence allows use: MIT, in \`LICENSE\`. How to cite: \`CITATION.cff\`.

### Artifacts Evaluated: Functional

- [ ] Documented: \`README.md\` for use, this file for evaluation, \`--help\` for every script, a source for every
      parameter on its report page (\`out/report/constants.html\`).
- [ ] Consistent: the tables under "Items" name the script, golden and report page of each of the ${experiments} items. Pick
      some and compare their pages with the papers: the printed numbers stand beside ours.
- [ ] Complete: of the ${results} results that the five papers claim, ${pending} have no experiment (\`pending\`) and
      ${unreachable} need the authors' silicon, testbed or unpublished models (\`unreachable\`); \`npx tsx scripts/claims.ts
      --verdict unreachable\` lists them with what they would need.
- [ ] Exercisable: \`make reproduce\` ends in \`ALL GOOD\` and exit code 0. To see that it can fail, change a number in
      \`lib/workload/counting.ts\` and run it again: it names the cells and exits with an error.

### Artifacts Evaluated: Reusable

All of Functional, and:

- [ ] Another model, another machine, own measurements: try the commands under "Change a parameter", "Map your own
      operator", "Simulate your own accelerator, tile by tile" and the like in \`README.md\`; each runs as printed.
- [ ] A new experiment: follow "Add an experiment" in \`README.md\`, from the script to its accepted golden.
- [ ] Structure: \`lib/\` has one layer a topic, and \`test/architecture.test.ts\` enforces who may import whom. Exported
      functions say what they compute, in which unit, and what they throw.
- [ ] Tests: \`make test\` runs them and requires that 90 % of the lines of \`lib\` are covered.

### Results Reproduced

- [ ] **Reprise's own results**: \`make reproduce ARGS=--force\` runs all ${experiments} experiments anew on your machine and holds
      every number against the goldens. \`ALL GOOD\` means that each of them came out as accepted.
- [ ] **The five papers' results** are a different matter, and not all of them come out: ${exact} of ${results} do at the printed
      precision. "Verdicts by paper" has the rest, each report page the reason of each miss. A badge for one of those
      papers is for its authors' artifact to earn; this archive gives independent evidence for or against single numbers.
- [ ] Nothing is copied from the papers into the answers: \`golden/papers/\` is read by the comparison alone
      (\`test/architecture.test.ts\` checks it), and what was fitted is \`calibrated\` and never counts as reproduced.
`
}
