import { describeSource } from '../numeric/mod.ts'
import { EXIT_HELP } from './command.ts'
import { type AnyExperiment, variantNames } from './experiment.ts'
import { describeFlags, type Flag } from './flags.ts'
import { columnHeading } from './format.ts'
import { describeDomain, formatValue, type ParamValue } from './param.ts'
import { resolveParams } from './run.ts'
import { columnsOf, type TablesSchema } from './table.ts'

/**
 * The value a parameter has by default, and in the other variants where it differs there.
 *
 * @returns e.g. `true (corrected: false)`
 */
export function valueByVariant(exp: AnyExperiment, name: string): string {
  const [first, ...others] = variantNames(exp).map((variant) => ({
    variant,
    value: formatValue(resolveParams(exp, variant)[name] as ParamValue) || (exp.params[name]?.stored ?? ''),
  }))
  const different = others.filter(({ value }) => value !== first?.value)
  if (different.length === 0) return first?.value ?? ''
  return `${first?.value} (${different.map(({ variant, value }) => `${variant}: ${value}`).join(', ')})`
}

/** Each table with its columns, and below them what they are. */
function describeTables(schema: TablesSchema): string[] {
  return Object.keys(schema.properties).flatMap((name) => {
    const columns = columnsOf(schema, name)
    const headings = Object.keys(columns).map((column) => columnHeading(column, columns))
    const descriptions = Object.entries(columns).flatMap(([column, { description }]) =>
      description ? [`      ${column}: ${description}`] : [],
    )
    return [`  ${name}: ${headings.join(', ')}`, ...descriptions]
  })
}

/** The help text of an experiment, generated from its definition. */
export function helpText(exp: AnyExperiment, flags: Readonly<Record<string, Flag>>): string {
  const params = Object.entries(exp.params)
  const lines = [
    `${exp.id} ${exp.version}: ${exp.title} (${[exp.paper, exp.item].filter(Boolean).join(', ')})`,
    '',
    `Usage: npx tsx experiments/${exp.id}.ts [flags]`,
    '',
    describeFlags(flags),
  ]
  if (params.length > 0) {
    lines.push('', 'Parameters (name = default [unit]):')
    for (const [name, param] of params) {
      lines.push(`  ${name} = ${valueByVariant(exp, name)} [${param.unit}]`)
      lines.push(`      ${param.description}; ${describeDomain(param)}`)
      lines.push(`      ${describeSource(param.source)}`)
    }
  }
  lines.push('', 'Tables (column [unit]: what it is):', ...describeTables(exp.schema))
  if (exp.measure) {
    lines.push('', 'Measured when the script runs (not with --check, --sweep, --table or csv):')
    lines.push(...describeTables(exp.measure.schema))
  }
  if (exp.variants) {
    lines.push('', 'Variants (the first is the default):')
    for (const [name, variant] of Object.entries(exp.variants)) {
      const set = Object.entries(variant.set).map(([key, value]) => `${key}=${formatValue(value as ParamValue)}`)
      lines.push(`  ${name}: ${variant.why}`, `      ${set.length > 0 ? set.join(', ') : 'no switch set'}`)
    }
  }
  lines.push('', EXIT_HELP, '')
  return lines.join('\n')
}
