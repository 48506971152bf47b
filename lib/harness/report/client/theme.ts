const KEY = 'reprise-theme'

/** Storage may be forbidden for a page opened from disk. */
function stored(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

/** Follows the system's light or dark until the button says otherwise. */
export function enableTheme(): void {
  const root = document.documentElement
  const theme = stored()
  if (theme) root.dataset['theme'] = theme
  document.querySelector('.theme')?.addEventListener('click', () => {
    const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
    const next = (root.dataset['theme'] ?? system) === 'dark' ? 'light' : 'dark'
    root.dataset['theme'] = next
    try {
      localStorage.setItem(KEY, next)
    } catch {
      // The choice then lasts as long as the page.
    }
  })
}
