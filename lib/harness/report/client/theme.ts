/** Where the choice is kept; a script in the head of each page reads it. */
const KEY = 'reprise-theme'

/** Follows the system's light or dark until the button says otherwise. */
export function enableTheme(): void {
  const root = document.documentElement
  document.querySelector('.theme')?.addEventListener('click', () => {
    const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
    const next = (root.dataset['theme'] ?? system) === 'dark' ? 'light' : 'dark'
    root.dataset['theme'] = next
    try {
      localStorage.setItem(KEY, next)
    } catch {
      // Storage may be forbidden for a page opened from disk; the choice then lasts as long as the page.
    }
  })
}
