/** Keys that work anywhere on a page but in a field: / finds, [ and ] turn pages. */
export function enablePageKeys(): void {
  document.addEventListener('keydown', (event) => {
    // AltGr, which many keyboards need for a bracket, arrives as ctrl and alt together.
    const chord = event.ctrlKey !== event.altKey || event.metaKey
    if (chord) return
    if (event.target instanceof Element && event.target.closest('input, select, textarea')) return
    if (event.key === '/') {
      event.preventDefault()
      document.getElementById('find')?.focus()
    }
    const rel = event.key === '[' ? 'prev' : event.key === ']' ? 'next' : null
    if (rel) document.querySelector<HTMLAnchorElement>(`a[rel=${rel}]`)?.click()
  })
}
