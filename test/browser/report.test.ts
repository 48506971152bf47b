import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { findBrowser, launchBrowser } from '../support/browser.ts'
import { builtReport, readFolder } from '../support/report.ts'

const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 375, height: 740 }
const ITEM = 'edgebert/fig09-latency-aware-energy.html'
const SCREENSHOTS = join(PROJECT_ROOT, 'out/screenshots')

const executable = findBrowser()
const required = process.env['REPRISE_BROWSER_REQUIRED'] === '1'
if (executable === null) {
  console.log(
    'skipped: the report in a browser. No chromium, chromium-browser or google-chrome is on the PATH; install one or name it in REPRISE_BROWSER.',
  )
}

interface Context {
  browser: Browser
  /** Address of a page of the report. */
  at(path: string): string
  /** Opens a page and fails on what goes wrong in it. */
  open(
    path: string,
    options?: { readonly colorScheme?: 'light' | 'dark'; readonly viewport?: typeof DESKTOP },
  ): Promise<Page>
}

const test = suite<Context>('the report in a browser')
// Without a browser all that follows is counted as skipped.
const register = executable === null ? test.skip : test

test('a browser is there where the tests must not do without', () => {
  assert.ok(executable !== null || !required, 'REPRISE_BROWSER_REQUIRED is set and no browser was found')
})

if (executable !== null) {
  test.before(async (context) => {
    const { folder } = await builtReport()
    mkdirSync(SCREENSHOTS, { recursive: true })
    context.browser = await launchBrowser(executable)
    context.at = (path) => pathToFileURL(join(folder, path)).href.replace('%3F', '?').replace('%23', '#')
    context.open = async (path, { colorScheme = 'light', viewport = DESKTOP } = {}) => {
      const page = await context.browser.newPage({ colorScheme, viewport })
      watch(page)
      await page.goto(context.at(path))
      return page
    }
  })
  test.after(({ browser }) => browser.close())
}

/** Troubles of a page: errors and warnings of its console, exceptions, requests that fail or leave the disk. */
const troubles: string[] = []
function watch(page: Page): void {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`))
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText
    // What a page had not yet loaded when the next one was opened.
    if (why !== 'net::ERR_ABORTED') troubles.push(`${page.url()}: ${request.url()} failed: ${why}`)
  })
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) troubles.push(`${page.url()}: asks for ${request.url()}`)
  })
}

/** A test of the report in a browser, which fails on troubles of any page it opened as well. */
function inBrowser(name: string, body: (context: Context) => Promise<void>): void {
  register(name, async (context: Context) => {
    troubles.length = 0
    await body(context)
    assert.equal(troubles, [])
  })
}

/** Text of the rows of a table that are shown. */
function shownRows(page: Page, table: string): Promise<string[]> {
  return page.locator(`#${table} tbody tr:visible`).allTextContents()
}

inBrowser(
  'every page opens without errors, its links lead somewhere, and nothing is wider than a phone',
  async ({ at, browser }) => {
    const { folder } = await builtReport()
    const page = await browser.newPage({ viewport: PHONE })
    watch(page)
    const root = `${at('')}/`
    const todo = ['index.html']
    const ids = new Map<string, Set<string>>()
    const wanted: [from: string, path: string, id: string][] = []
    for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
      if (ids.has(path)) continue
      await page.goto(at(path))
      const found = await page.evaluate(() => ({
        ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
        links: [...document.querySelectorAll<HTMLAnchorElement>('a[href]')].map(({ href }) => href),
        overflow: document.documentElement.scrollWidth - innerWidth,
      }))
      assert.ok(found.overflow <= 0, `${path} is ${found.overflow} pixels wider than the screen`)
      ids.set(path, new Set(found.ids))
      for (const link of found.links) {
        assert.ok(link.startsWith(root), `${path} links to ${link}`)
        const [target = '', id = ''] = link.slice(root.length).split('#')
        const file = decodeURIComponent(target.split('?')[0] ?? '')
        wanted.push([path, file, id])
        if (file.endsWith('.html')) todo.push(file)
      }
    }
    for (const [from, path, id] of wanted) {
      assert.ok(existsSync(join(folder, path)), `${from} links to ${path}`)
      if (id !== '') assert.ok(ids.get(path)?.has(id), `${from} links to ${path}#${id}`)
    }
    const pages = [...readFolder(folder).keys()].filter((name) => name.endsWith('.html'))
    assert.equal([...ids.keys()].sort(), pages.sort(), 'every page can be reached from the first')
    await page.close()
  },
)

inBrowser('nothing moves while a page loads', async ({ browser, at }) => {
  const page = await browser.newPage({ viewport: DESKTOP })
  watch(page)
  await page.addInitScript(() => {
    const shifts: number[] = []
    Object.assign(globalThis, { shifts })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value)
    }).observe({ type: 'layout-shift' as never, buffered: true })
  })
  for (const path of ['index.html', ITEM, 'papers/survey.html?verdict=off', 'constants.html']) {
    await page.goto(at(path))
    await page.waitForTimeout(250)
    const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)
    // The filter that a link asks for hides rows, and what is below them moves; nothing that is on the screen may.
    assert.ok(shifts.reduce((sum, shift) => sum + shift, 0) < 0.01, `${path}: ${shifts}`)
  }
  await page.close()
})

inBrowser('the filter of the first page narrows by text and verdict, and says how many are left', async ({ open }) => {
  const page = await open('index.html')
  const all = (await shownRows(page, 'experiment-table')).length
  const form = page.locator('form[data-table=experiment-table]')
  await form.getByRole('searchbox').fill('edgebert FIG09-LATENCY')
  const [only, ...others] = await shownRows(page, 'experiment-table')
  assert.match(only ?? '', /edgebert\/fig09-latency-aware-energy/)
  assert.equal(others, [])
  assert.is(await form.locator('output').textContent(), `1 of ${all}`)
  await form.getByRole('searchbox').fill('survey.t3.l128.proj.flops')
  assert.match((await shownRows(page, 'experiment-table')).join(), /survey\/table03-bert-base/)
  await form.getByRole('searchbox').fill('')
  await form.getByLabel('verdict', { exact: true }).selectOption('off')
  const off = await shownRows(page, 'experiment-table')
  assert.ok(off.length > 3 && off.length < all)
  for (const row of off) assert.match(row, /\d off/)
  await page.close()
})

inBrowser("the scoreboard's numbers lead to just those claims", async ({ open }) => {
  const page = await open('index.html')
  const link = page.locator('a[href="papers/edgebert.html?role=result&verdict=erratum#claims"]')
  const count = Number(await link.textContent())
  await link.click()
  await page.waitForURL(/papers\/edgebert/)
  const rows = await shownRows(page, 'claim-table')
  // A claim that repeats another is listed, but counted once.
  assert.is(rows.filter((row) => !row.includes('repeats ')).length, count)
  await page.close()
})

inBrowser('constants are searched by name, source and experiment', async ({ open }) => {
  const page = await open('constants.html')
  const field = page.locator('form').getByRole('searchbox')
  await field.fill('macVectorSize')
  assert.match((await shownRows(page, 'constant-table')).join(), /macVectorSize/)
  await page.getByLabel('source', { exact: true }).selectOption('calibrated')
  assert.equal(await shownRows(page, 'constant-table'), [])
  await field.fill('')
  const calibrated = await shownRows(page, 'constant-table')
  assert.ok(calibrated.length > 5)
  for (const row of calibrated) assert.match(row, /calibrated against/)
  await page.close()
})

inBrowser('the keyboard alone finds an item, turns pages and reads a figure', async ({ open }) => {
  const page = await open('index.html')
  await page.keyboard.press('Tab')
  assert.is(await page.evaluate(() => document.activeElement?.textContent), 'To the content')
  await page.keyboard.press('/')
  await page.keyboard.type('latency-aware-energy')
  await page.locator('#found li').first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.waitForURL(new RegExp(ITEM))
  await page.keyboard.press(']')
  await page.waitForURL(/edgebert\/fig09-own-trace/)
  await page.keyboard.press('[')
  await page.waitForURL(new RegExp(ITEM))
  await page.locator('figure').first().focus()
  await page.keyboard.press('ArrowRight')
  const first = await page.locator('.tip').textContent()
  await page.keyboard.press('ArrowRight')
  assert.match(first ?? '', /: /)
  assert.is.not(await page.locator('.tip').textContent(), first)
  await page.keyboard.press('Escape')
  assert.not.ok(await page.locator('.tip').isVisible())
  await page.close()
})

inBrowser('what is not there is said not to be there', async ({ open }) => {
  const page = await open(ITEM)
  await page.keyboard.press('/')
  await page.keyboard.type('no such thing')
  await page.getByText('Nothing found').waitFor()
  assert.is(await page.locator('#found a').count(), 0)
  await page.close()
})

inBrowser('a mark says its value under the pointer', async ({ open }) => {
  const page = await open(ITEM)
  const mark = page.locator('figure svg [data-tip]').nth(3)
  await mark.hover({ force: true })
  const label = (await mark.getAttribute('data-tip')) ?? ''
  assert.is(await page.locator('.tip').textContent(), label.split('; ').join('\n'))
  await page.close()
})

inBrowser('a command is copied or, where the clipboard is out of reach, selected', async ({ open }) => {
  const page = await open(ITEM)
  const button = page.locator('button.copy').first()
  await button.click()
  await page.waitForFunction(() => document.querySelector('button.copy')?.textContent !== 'copy')
  const said = await button.textContent()
  assert.ok(said === 'copied' || said === 'selected', said ?? '')
  if (said === 'selected') {
    assert.match(await page.evaluate(() => String(getSelection())), /^npx tsx experiments\/edgebert\/fig09/)
  }
  await page.close()
})

inBrowser('light and dark follow the system, until the button says otherwise and is remembered', async ({ open }) => {
  const page = await open('index.html', { colorScheme: 'dark' })
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const dark = await background()
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await background()
  assert.is.not(light, dark)
  await page.getByRole('button', { name: 'Light or dark' }).click()
  assert.is(await background(), dark)
  await page.reload()
  assert.is(await background(), dark)
  await page.close()
})

inBrowser('no rule of accessibility is broken, in light and in dark', async ({ open }) => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const path of ['index.html', ITEM, 'papers/leopard.html', 'errata.html', 'corrections.html']) {
      const page = await open(path, { colorScheme })
      await page.evaluate(axe)
      const violations = await page.evaluate(async () => {
        const { axe: engine } = globalThis as unknown as {
          axe: {
            run(options: object): Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }>
          }
        }
        return (await engine.run({ preload: false })).violations.map(
          ({ id, help, nodes }) => `${id}: ${help}: ${nodes.length} times, ${nodes[0]?.html.slice(0, 160)}`,
        )
      })
      assert.equal(violations, [], `${path}, ${colorScheme}`)
      await page.close()
    }
  }
})

inBrowser('on paper everything is open, and what only a screen needs is left out', async ({ open }) => {
  const page = await open(ITEM)
  await page.emulateMedia({ media: 'print' })
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
  assert.is(await page.locator('details:not([open])').count(), 0)
  assert.not.ok(await page.locator('header').isVisible())
  assert.ok((await page.pdf()).length > 10_000)
  await page.close()
})

inBrowser('pictures of the first page and of an item are taken, wide and narrow, light and dark', async ({ open }) => {
  for (const [name, path] of [
    ['landing', 'index.html'],
    ['item', ITEM],
  ] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, viewport] of [
        ['wide', DESKTOP],
        ['phone', PHONE],
      ] as const) {
        const page = await open(path, { colorScheme, viewport })
        const picture = await page.screenshot({ path: join(SCREENSHOTS, `${name}-${size}-${colorScheme}.png`) })
        assert.ok(picture.length > 10_000, name)
        await page.close()
      }
    }
  }
})

test.run()
