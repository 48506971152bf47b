import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { run } from '../support/project.ts'

const map = (...args: string[]) => run(PROJECT_ROOT, 'scripts/map.ts', args)

interface Answer {
  readonly macs: number
  readonly summary: Readonly<Record<string, number | string>>
  readonly mappings: readonly {
    readonly best: string
    readonly cycles: number
    readonly edpPjCycles: number
    readonly mapping: string
  }[]
}

test('a search prints the best mapping per objective, which evaluates to what it says', async () => {
  const found = await map('P64 C96 K48', '--samples', '3000', '--json')
  assert.equal([found.exitCode, found.stderr], [0, ''])
  const { macs, mappings } = JSON.parse(found.stdout) as Answer
  assert.is(macs, 64 * 96 * 48)
  assert.equal(
    mappings.map(({ best }) => best),
    ['edp', 'energy', 'cycles'],
  )
  for (const { mapping, cycles, edpPjCycles } of mappings) {
    const again = JSON.parse((await map('P64 C96 K48', '--mapping', mapping, '--json')).stdout) as Answer
    assert.equal([again.mappings[0]?.cycles, again.mappings[0]?.edpPjCycles], [cycles, edpPjCycles])
  }
})

test('the answer does not depend on the number of threads, and an exhaustive search is no worse', async () => {
  const args = ['P48 C96 K80', '--space', 'gemmini', '--samples', '30001', '--json']
  const [one, three] = await Promise.all([map(...args, '--jobs', '1'), map(...args, '--jobs', '3')])
  assert.is(three.stdout, one.stdout)
  const sampled = JSON.parse(one.stdout) as Answer
  const whole = JSON.parse((await map('P48 C96 K80', '--space', 'gemmini', '--exhaustive', '--json')).stdout) as Answer
  assert.ok((whole.mappings[0]?.edpPjCycles ?? Number.NaN) <= (sampled.mappings[0]?.edpPjCycles ?? 0))
})

test('more threads than there are runs or processors do no harm; the largest seed is one', async () => {
  const { exitCode, stdout } = await map(
    'P8 C8',
    '--samples',
    '100',
    '--jobs',
    '5000',
    '--seed',
    '4294967295',
    '--json',
  )
  assert.is(exitCode, 0)
  assert.is((JSON.parse(stdout) as Answer).summary['samples'], 100)
})

test('a mapping that fits says how much of each buffer it needs', async () => {
  const mapping = 'L3[WIO] K8 C4 - L2[WI] P512 K8 C24 - L1[O] C2 K12 C4X - L0[W] Q1'
  const { stdout } = await map('P512 C768 K768', '--mapping', mapping)
  // Weights 192 x 96 and inputs 192 x 512; 12 outputs a bank; 4 rows.
  assert.match(stdout, /the scratchpad \(weights and inputs\) 116736 of 262144 words/)
  assert.match(
    stdout,
    /the accumulator bank of a column \(outputs\) 12 of 1024 words, .*the rows of the array 4 of 16 rows/,
  )
})

test('bad shapes, flags and mappings give one clear line and exit code 2', async () => {
  const bad: readonly (readonly [string[], RegExp])[] = [
    [[], /a shape must be given/],
    [['P512 Z3'], /over R S P Q C K N, got "Z3"/],
    [['q-projektion'], /did you mean "q-projection"\?/],
    [['P8', '--space', 'randm'], /--space must be one of .*; did you mean "random"\?/],
    [['P8', '--energy', 'dose'], /--energy must be one of .*; did you mean "dosa"\?/],
    [['P8', '--bandwidth', '0'], /--bandwidth must be a positive number, got "0"/],
    [['P8', '--exhaustive', '--samples', '10'], /--samples must not stand beside --exhaustive/],
    [['P8', '--seed', 'x'], /--seed must be an integer from 0 to 4294967295, got "x"/],
    [['P8', '--samples', '1.5'], /--samples: it must be a positive integer/],
    [['P8', '--mapping', 'L3[WIO] P4 - L2[WI] Q1 - L1[O] Q1 - L0[W] Q1'], /the factors of P must multiply to 8, got 4/],
    [
      ['P512 C768 K768', '--space', 'random', '--exhaustive'],
      /at most 10000000 factorisations, got 65105920; sample it/,
    ],
  ]
  for (const [args, pattern] of bad) {
    const { exitCode, stdout, stderr } = await map(...args)
    assert.equal([exitCode, stdout, stderr.split('\n').length], [2, '', 1], args.join(' '))
    assert.match(stderr, pattern)
  }
})

test.run()
