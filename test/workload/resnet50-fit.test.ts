import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { RESNET_CALIBRATION, RESNET_VARIANTS } from '../../experiments/survey/shared/resnet-params.ts'
import { type Convolution, convolutionWork, resnet50Convolutions } from '../../lib/workload/mod.ts'

// Table 4's convolution row: 7.26 GFLOP as printed, and its intensity.
const [FLOPS_LOW, FLOPS_HIGH] = [7.255e9, 7.265e9]
const INTENSITY = 183.36
const NEAR = 0.6

interface Fit {
  readonly label: string
  readonly padding: number
  readonly wide: boolean
  readonly flops: number
  readonly bytes: number
}

/**
 * Every list with the stem padded by 0 to 3, stage 1's first 1x1 with 64 or 256 inputs, and each of the three strided
 * entries and four shortcuts left out, charged for its whole input, or for the pixels it uses.
 */
function enumerate(): Fit[] {
  const work = (conv: Convolution) => convolutionWork(conv)
  const sampled = (conv: Convolution): Convolution => ({ ...conv, inSide: conv.outSide })
  const fits: Fit[] = []
  for (const padding of [0, 1, 2, 3]) {
    for (const wide of [false, true]) {
      const all = resnet50Convolutions({ stemPadding: padding, stage1EntryWide: wide })
      const optional = all.filter(({ role, entry, stage }) => role === 'shortcut' || (entry && stage > 1))
      const fixed = all.filter((conv) => !optional.includes(conv)).map(work)
      const choices = optional.map((conv) => {
        const name = `${conv.role}${conv.stage}`
        const whole = { name: `${name} whole`, ...work(conv) }
        const used = { name: `${name} used`, ...work(sampled(conv)) }
        return [null, whole, ...(conv.inSide === conv.outSide ? [] : [used])]
      })
      const start = fixed.reduce((sum, w) => ({ flops: sum.flops + w.flops, bytes: sum.bytes + w.bytes }), {
        flops: 0,
        bytes: 0,
      })
      const walk = (index: number, sum: { flops: number; bytes: number }, names: readonly string[]): void => {
        const options = choices[index]
        if (!options) {
          fits.push({ label: names.join(', '), padding, wide, ...sum })
          return
        }
        for (const option of options) {
          if (!option) walk(index + 1, sum, names)
          else
            walk(index + 1, { flops: sum.flops + option.flops, bytes: sum.bytes + option.bytes }, [
              ...names,
              option.name,
            ])
        }
      }
      walk(0, start, [])
    }
  }
  return fits
}

test('the calibration of the ResNet-50 list says what an enumeration finds', () => {
  const lists = enumerate()
  const flopsFit = lists.filter(({ flops }) => flops >= FLOPS_LOW && flops < FLOPS_HIGH)
  const miss = ({ flops, bytes }: Fit) => Math.abs(flops / bytes - INTENSITY)
  const near = flopsFit.filter((fit) => miss(fit) < NEAR).sort((a, b) => miss(a) - miss(b))
  assert.equal([lists.length, flopsFit.length, near.length], [11664, 84, 11])
  assert.ok(flopsFit.every(({ padding, wide }) => padding === 0 && wide))
  assert.is(new Set(near.map(({ bytes }) => bytes)).size, 8)
  for (const number of ['11664', '84', '11 of them', '8 different']) {
    assert.ok(`${RESNET_CALIBRATION.method} ${RESNET_CALIBRATION.window}`.includes(number), number)
  }
  // The closest two cannot be told apart, and one of them is the as-published list.
  const { set } = RESNET_VARIANTS['as-published']
  const published = resnet50Convolutions(set).map(convolutionWork)
  const bytes = published.reduce((sum, work) => sum + work.bytes, 0)
  assert.equal(
    near.filter((fit) => fit.bytes === bytes).map(({ label }) => label),
    [
      'reduce2 whole, shortcut2 used, reduce3 whole, reduce4 whole',
      'reduce2 used, shortcut2 whole, reduce3 whole, reduce4 whole',
    ],
  )
  assert.is(near[0]?.bytes, bytes)
  assert.not.ok(near.some(({ flops, bytes: b }) => (flops / b).toFixed(2) === '183.36'))
})

test.run()
