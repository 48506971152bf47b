import { readFileSync } from 'node:fs'

/** Work by row as the independent implementation prints it. */
export type VectorRows = Readonly<
  Record<string, { readonly flops: number; readonly bytes: number; readonly intensity: number }>
>

export interface Shape {
  readonly layers: number
  readonly hidden: number
  readonly heads: number
  readonly ffn: number
}

export interface VectorHardware {
  readonly l2_dram_bw: number
  readonly local_l2_bw: number
  readonly l2_bytes: number
  readonly scratchpad_bytes: number
  readonly accumulator_bytes: number
  readonly pe_width: number
  readonly sfu_width: number
  readonly clock_hz: number
  readonly input_bytes: number
  readonly output_bytes: number
}

export interface SurveyVectors {
  readonly table3: readonly {
    readonly in: Shape & { l: number; published: boolean; w1_in?: number }
    readonly out: VectorRows
  }[]
  readonly table11: readonly { readonly in: Shape & { l: number; published: boolean }; readonly out: VectorRows }[]
  readonly table5: readonly {
    readonly in: Shape & { l: number; l2_bytes: number; bias_bytes: number }
    readonly tile: number
    readonly out: Readonly<Record<string, number>>
  }[]
  readonly latency: readonly {
    readonly in: {
      readonly model: Shape & { kind: 'encoder' | 'decoder'; w1_in?: number }
      readonly l: number
      readonly hardware: VectorHardware
    }
    readonly tiles: { readonly l2: number; readonly scratchpad: number }
    readonly out_cycles: Readonly<Record<string, number>>
  }[]
  readonly resnet_table12: readonly {
    readonly in: { readonly published: boolean }
    readonly out: readonly { kernel: number; out_channels: number; out_size: number; flops: number; bytes: number }[]
  }[]
  readonly resnet_latency: readonly {
    readonly in: {
      readonly list: string
      readonly bn_relu_bytes_per_element: number
      readonly hardware: VectorHardware
    }
    readonly out_cycles: Readonly<Record<string, number>>
  }[]
}

/** The independent implementation's outputs. */
export function surveyVectors(): SurveyVectors {
  return JSON.parse(readFileSync(new URL('./survey-analytical.json', import.meta.url), 'utf8')) as SurveyVectors
}
