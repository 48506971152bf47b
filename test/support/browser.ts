import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { type Browser, chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Path of an installed Chromium or Chrome: what REPRISE_BROWSER names, or the first on the PATH; null if there is none. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | null {
  const named = env['REPRISE_BROWSER']
  const candidates = named
    ? [named]
    : (env['PATH'] ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return candidates.find(executable) ?? null
}

/** Starts an installed browser without a window. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  // A container has no user namespaces for the sandbox, and little shared memory.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] })
}
