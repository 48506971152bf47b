import { enableCopying } from './copy.ts'
import { enableFigures } from './figures.ts'
import { enableFilters } from './filter.ts'
import { enableFinding } from './find.ts'
import { enablePageKeys } from './keys.ts'
import { enableTheme } from './theme.ts'

enableTheme()
enableFilters()
enableFinding()
enableFigures()
enableCopying()
enablePageKeys()

// What is folded away on a screen belongs on paper.
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true
})
