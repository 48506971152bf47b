const SHOWN_MS = 1500

/** Selects a command for the reader to copy, where the clipboard is out of reach. */
function select(code: Element): void {
  const range = document.createRange()
  range.selectNodeContents(code)
  const selection = getSelection()
  selection?.removeAllRanges()
  selection?.addRange(range)
}

/** Buttons that copy the command beside them. */
export function enableCopying(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button.copy')) {
    const code = button.parentElement?.querySelector('code')
    if (!code) continue
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(code.textContent ?? '')
        button.textContent = 'copied'
      } catch {
        select(code)
        button.textContent = 'selected'
      }
      setTimeout(() => {
        button.textContent = 'copy'
      }, SHOWN_MS)
    })
  }
}
