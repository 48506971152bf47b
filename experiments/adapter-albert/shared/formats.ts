import type { Param } from '../../../lib/harness/mod.ts'
import { type NumberFormat, numberFormat } from '../../../lib/numeric/mod.ts'
import { adapterAlbert } from './paper.ts'

/** Number formats as a parameter; read by {@link formatsOf}. */
export const FORMATS_PARAM = {
  type: 'string',
  value: 'FP32,Q3.13,Q3.5',
  unit: '1',
  source: adapterAlbert('Sec. IV-A, IV-C'),
  description: 'number formats, comma-separated: FP32, or Qi.f with i bits of integer and sign and f of fraction',
} as const satisfies Param

/**
 * Number formats from a comma-separated list.
 *
 * @throws {RangeError} on an empty or repeated item, or a name of no format
 */
export function formatsOf(text: string): readonly NumberFormat[] {
  const names = text.split(',').map((name) => name.trim())
  const repeated = names.find((name, i) => names.indexOf(name) < i)
  if (names.includes('') || repeated !== undefined) {
    throw new RangeError(
      `Cannot set formats: they must be different names between commas (as FP32,Q3.13,Q3.5), got "${text}"`,
    )
  }
  return names.map(numberFormat)
}
