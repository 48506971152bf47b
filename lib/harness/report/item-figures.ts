import type { JudgedExperiment } from '../batch/mod.ts'
import { oneLine } from '../command.ts'
import type { FigureSpec } from '../experiment.ts'
import { marksOf } from '../judge.ts'
import type { Download } from './downloads.ts'
import { comparisonFigure, renderFigure } from './figure.ts'
import { sensitivityFigure } from './sensitivity-figure.ts'

/** A figure as SVG. */
export interface Drawing {
  readonly variant: string
  readonly svg: string
  /** What it shows, for those who cannot see it. */
  readonly description: string
}

/** The figures of an item. */
export interface DrawnItem {
  /** As judged; and as other variants have it, where that looks different. */
  readonly figures: readonly Drawing[]
  readonly sensitivity: Drawing | null
  readonly downloads: readonly Download[]
  /** Why there are none, where drawing them failed. */
  readonly problem: string | null
}

/** A drawing for a file of its own, where no script shows what the tooltips say. */
function withoutTips(svg: string): string {
  return svg.replace(/ data-tip="[^"]*"/g, '')
}

async function draw(spec: FigureSpec, variant: string): Promise<Drawing> {
  return { variant, svg: await renderFigure(spec), description: String(spec['description'] ?? '') }
}

/** Draws an experiment's figure under each of its variants, and its sensitivity; a figure that fails is said to. */
export async function drawItem({ exp, runs, claimsByVariant }: JudgedExperiment): Promise<DrawnItem> {
  try {
    const figures: Drawing[] = []
    for (const { variant, tables } of runs) {
      const marks = marksOf(claimsByVariant[variant] ?? [])
      const spec = exp.figure ? exp.figure(tables, marks) : comparisonFigure(marks)
      const drawing = spec && (await draw(spec, variant))
      if (drawing && !figures.some(({ svg }) => svg === drawing.svg)) figures.push(drawing)
    }
    const spec = exp.sensitivity && runs[0] ? sensitivityFigure(exp.sensitivity, runs[0].tables) : null
    const sensitivity = spec && (await draw(spec, runs[0]?.variant ?? ''))
    const files = [
      ...figures.map(({ variant, svg }, index) => ({
        suffix: index === 0 ? '' : `.${variant}`,
        label: index === 0 ? 'SVG' : `SVG (${variant})`,
        svg,
      })),
      ...(sensitivity ? [{ suffix: '.sensitivity', label: 'SVG (sensitivity)', svg: sensitivity.svg }] : []),
    ]
    return {
      figures,
      sensitivity,
      downloads: files.map(({ suffix, label, svg }) => ({
        path: `${exp.id}${suffix}.svg`,
        label,
        text: withoutTips(svg),
      })),
      problem: null,
    }
  } catch (error) {
    return {
      figures: [],
      sensitivity: null,
      downloads: [],
      problem: `${exp.id}: its figure must be drawable, got: ${oneLine(error)}`,
    }
  }
}
