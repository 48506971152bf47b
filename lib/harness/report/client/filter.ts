/** Text of a row as the filter sees it, in lower case. */
function rowText(row: HTMLTableRowElement): string {
  return `${row.textContent ?? ''} ${row.dataset['text'] ?? ''}`.toLowerCase()
}

function enableFilter(form: HTMLFormElement): void {
  const table = document.getElementById(form.dataset['table'] ?? '')
  if (!(table instanceof HTMLTableElement)) return
  const rows = [...(table.tBodies[0]?.rows ?? [])]
  const texts = rows.map(rowText)
  const query = form.querySelector<HTMLInputElement>('input[name=q]')
  const choices = [...form.querySelectorAll('select')]
  const output = form.querySelector('output')
  const apply = () => {
    const words = (query?.value ?? '').toLowerCase().split(/\s+/).filter(Boolean)
    let shown = 0
    rows.forEach((row, index) => {
      const fits =
        words.every((word) => texts[index]?.includes(word)) &&
        choices.every(({ name, value }) => {
          const facet = row.dataset[name] ?? ''
          return value === '' || facet.split('|').includes(value)
        })
      row.hidden = !fits
      if (fits) shown += 1
    })
    if (output) output.textContent = `${shown} of ${rows.length}`
  }
  // A link may ask for a part: ?verdict=off&q=...
  const asked = new URLSearchParams(location.search)
  if (query && asked.has('q')) query.value = asked.get('q') ?? ''
  for (const choice of choices) {
    const value = asked.get(choice.name)
    const option = [...choice.options].find((other) => other.value.toLowerCase() === value?.toLowerCase())
    if (option) choice.value = option.value
  }
  form.addEventListener('input', apply)
  form.addEventListener('submit', (event) => event.preventDefault())
  if (location.search !== '') apply()
}

/** Lets the fields above a table hide the rows that do not fit. */
export function enableFilters(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form.filter')) enableFilter(form)
}
