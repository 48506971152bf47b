import {
  ADAPTED_MODULES,
  BERT_EMBEDDING,
  bertLarge,
  countOf,
  encoderParameters,
  moduleCounts,
} from '../../../lib/workload/mod.ts'
import { projectedAttentionParameters } from './parameter-audit.ts'
import { type CountValues, PUBLISHED } from './parameter-params.ts'
import { bertOf, type ModelRow, perLayer } from './parameter-study.ts'

const GIB = 1024 * 1024 * 1024
/** Bytes of a number in single precision. */
export const BYTES_PER_FP32 = 4

/** A row of memory that parameters take in single precision. */
export function footprint(model: string, parameters: number, claim: string | null) {
  const bytes = BYTES_PER_FP32 * parameters
  return {
    model,
    millions: parameters / 1e6,
    gb: bytes / 1e9,
    gib: bytes / GIB,
    claim: claim === null ? null : `adapter-albert.${claim}`,
  }
}

/** GPT-3 from its shape: no sentence types, no pooler; its last normalisation stands where BERT's first does. */
export function gpt3Parameters(): number {
  const value = (name: keyof typeof PUBLISHED) => PUBLISHED[name].value
  const { total, pooler } = encoderParameters(
    {
      layers: value('gpt3Layers'),
      hidden: value('gpt3Hidden'),
      heads: value('gpt3Heads'),
      ffn: value('gpt3Ffn'),
    },
    { vocabulary: value('gpt3Vocabulary'), positions: value('gpt3Positions'), types: 0 },
  )
  return total - pooler
}

/** What all tasks together add to a model, by the publications and by counting. */
export function relatedWork(params: CountValues, rows: readonly ModelRow[]) {
  const row = (model: string, tasks: number, perTask: number, claim: string | null) => ({
    model,
    tasks,
    perTaskPercent: 100 * perTask,
    factor: 1 + tasks * perTask,
    claim: claim === null ? null : `adapter-albert.${claim}`,
  })
  const { adapterBertTasks, adapterBertTaskPercent, palTasks, palWidth } = PUBLISHED
  const bert = countOf(moduleCounts({ ...bertOf(params), labels: 0 }))
  const adapted = (model: ModelRow['model']) => {
    const { trainable, parameters, counts } = rows.find((own) => own.model === model) as ModelRow
    return trainable / (parameters - counts.adapters)
  }
  const large = moduleCounts({
    ...bertOf(params),
    shape: bertLarge,
    embedding: BERT_EMBEDDING,
    adapters: perLayer(params),
  })
  const ofLarge = countOf(large, ADAPTED_MODULES) / (countOf(large) - large.adapters)
  const pals = projectedAttentionParameters(params.hidden, params.layers, palWidth.value)
  const tasks = adapterBertTasks.value
  return [
    row('BERT-PALs, counted', palTasks.value, pals / bert, 'rw-pals'),
    row(
      'adapter-BERT on BERT-large, as published per task',
      tasks,
      adapterBertTaskPercent.value / 100,
      'rw-adapter-bert',
    ),
    row('adapter-BERT on BERT-large, default size', tasks, ofLarge, null),
    row('adapter-BERT on BERT-base, default size', tasks, adapted('Adapter-BERT'), null),
    row('adapter-ALBERT, default size', tasks, adapted('Adapter-ALBERT'), null),
  ]
}
