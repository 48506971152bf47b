const MARK = '[data-tip]'

/** Reads a mark's label, "ours: 1.2; model: BERT-Base", line by line. */
function describe(mark: Element): string {
  return (mark.getAttribute('data-tip') ?? '').split('; ').join('\n')
}

/** Tooltips of the marks in figures, for mouse, touch, and the arrow keys once a figure has the focus. */
export function enableFigures(): void {
  const tip = document.createElement('div')
  tip.className = 'tip'
  tip.setAttribute('role', 'status')
  tip.hidden = true
  document.body.append(tip)
  let current: Element | null = null
  const hide = () => {
    current?.classList.remove('current')
    current = null
    tip.hidden = true
  }
  const place = () => {
    if (!current) return
    const box = current.getBoundingClientRect()
    const { offsetWidth: width, offsetHeight: height } = tip
    const gap = 8
    const left = Math.min(Math.max(box.left + box.width / 2 - width / 2, gap), innerWidth - width - gap)
    const above = box.top - height - gap
    tip.style.left = `${left}px`
    tip.style.top = `${above >= 0 ? above : box.bottom + gap}px`
  }
  const show = (mark: Element) => {
    hide()
    current = mark
    mark.classList.add('current')
    tip.textContent = describe(mark)
    tip.hidden = false
    place()
  }
  for (const figure of document.querySelectorAll('figure')) {
    const marks = [...figure.querySelectorAll(MARK)]
    figure.addEventListener('pointerover', (event) => {
      const mark = event.target instanceof Element ? event.target.closest(MARK) : null
      if (mark) show(mark)
      else hide()
    })
    figure.addEventListener('pointerleave', hide)
    figure.addEventListener('blur', hide)
    figure.addEventListener('keydown', (event) => {
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
      if (event.key === 'Escape') hide()
      if (step === 0 || marks.length === 0) return
      event.preventDefault()
      const at = current ? marks.indexOf(current) : step > 0 ? -1 : 0
      const mark = marks[(at + step + marks.length) % marks.length]
      if (!mark) return
      mark.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      show(mark)
    })
  }
  // Walking through a figure scrolls, too.
  addEventListener('scroll', place, { passive: true, capture: true })
}
