#!/usr/bin/env -S npx tsx
import { crossesAlong, experiment, legendLine, main, printedAt, tables } from '../../lib/harness/mod.ts'
import {
  ADAPTED_MODULES,
  adapterParameters,
  BERT_EMBEDDING,
  bertLarge,
  countOf,
  encoderParameters,
  MODULES,
  moduleCounts,
} from '../../lib/workload/mod.ts'
import { adapterAlbert } from './shared/paper.ts'
import {
  cutPercent,
  FITS,
  fitOf,
  PRINTED_ADAPTER_BERT,
  PRINTED_TOTALS,
  PRINTED_TRAINABLE,
  printableCounts,
  READINGS,
  TABLE_II_SOURCE,
} from './shared/parameter-audit.ts'
import { COUNT_PARAMS, CUT, PUBLISHED, SHARE } from './shared/parameter-params.ts'
import {
  ADAPTED_SIZES,
  albertOf,
  basesOf,
  bertOf,
  claimOf,
  MODELS,
  type ModelRow,
  modelsOf,
  perLayer,
  SIZES,
  type Size,
  shareRow,
  sizesOf,
} from './shared/parameter-study.ts'
import { BYTES_PER_FP32, footprint, gpt3Parameters, relatedWork } from './shared/related-parameters.ts'
import { SHARE_RULE_NAMES, type ShareRuleName, sharesOf } from './shared/share-rules.ts'

const table2 = experiment({
  id: 'adapter-albert/table2-parameters',
  version: '1.0.0',
  paper: 'adapter-albert',
  item: 'Table II',
  title: 'Parameters: totals, task-specific ones, overhead of adapters, and the shares of embedding and layers',
  params: COUNT_PARAMS,
  constants: {
    ...PUBLISHED,
    ...Object.fromEntries(
      Object.entries({ ...PRINTED_TOTALS, 'adapter-BERT': PRINTED_ADAPTER_BERT, trainable: PRINTED_TRAINABLE }).map(
        ([name, { value }]) => [`Table II, ${name}`, { value, unit: 'parameter', source: TABLE_II_SOURCE }],
      ),
    ),
    'footprint bytes': { value: BYTES_PER_FP32, unit: 'B', source: adapterAlbert('Sec. I: single precision') },
  },
  variants: {
    'as-published': {
      why: "digits are cut off, and overheads taken from what is left; adapter-BERT is counted without BERT's pooler, and compared with the 110M that the BERT paper states; the embedding is all that is outside the layers, and the whole has the MLM head",
      set: { cutDigits: true, adapterBertPooler: false, statedBertBase: true, shares: 'rest-mlm' },
    },
    corrected: {
      why: 'exact counts by one rule; overhead is what the adapters add over the same model without; the embedding is its tables',
      set: { cutDigits: false, adapterBertPooler: true, statedBertBase: false, shares: 'tables' },
    },
  },
  schema: tables({
    models: {
      model: { type: 'string', enum: MODELS, 'x-key': true },
      adapters: { type: 'string', enum: SIZES, 'x-key': true, description: 'which of the sizes' },
      adapterSize: { type: ['integer', 'null'], unit: 'feature' },
      parameters: { type: 'integer', unit: 'parameter', description: 'exact, classifier included' },
      trainable: { type: 'integer', unit: 'parameter', description: 'task-specific' },
      trainablePercent: { type: 'number', unit: '%', description: 'of all: refreshed for another task' },
      tableMillions: {
        type: 'number',
        unit: 'M parameters',
        description: 'the total as Table II has it: cut to its digits with cutDigits (not BERT), else exact',
      },
      claim: { type: 'string', 'x-claim': 'tableMillions' },
    },
    overheads: {
      model: { type: 'string', enum: MODELS, 'x-key': true },
      adapters: { type: 'string', enum: SIZES, 'x-key': true },
      added: { type: 'integer', unit: 'parameter', description: 'by the adapters' },
      exactPercent: { type: 'number', unit: '%', description: 'of the same model without adapters' },
      tablePercent: { type: 'number', unit: '%', description: 'from the totals of Table II, as it has them' },
      claim: { type: 'string', 'x-claim': 'tablePercent' },
    },
    modules: {
      model: { type: 'string', enum: MODELS, 'x-key': true },
      adapters: { type: 'string', enum: SIZES, 'x-key': true },
      module: { type: 'string', enum: MODULES, 'x-key': true },
      parameters: { type: 'integer', unit: 'parameter' },
      sharePercent: { type: 'number', unit: '%' },
      taskSpecific: { type: 'boolean' },
    },
    trainableRules: {
      adapterBiases: { type: 'boolean', 'x-key': true },
      layerNorms: { type: 'boolean', 'x-key': true },
      labels: { type: 'integer', unit: 'label', 'x-key': true, description: 'of the classifier; 0 leaves it out' },
      thousands: { type: 'number', unit: 'K parameters' },
      fit: { type: 'string', enum: FITS, description: 'how it gives the printed digits' },
      claim: { type: 'string', 'x-claim': 'thousands' },
    },
    bases: {
      rule: { type: 'string', 'x-key': true, description: 'what counts of ALBERT, before adapters are added' },
      parameters: { type: 'integer', unit: 'parameter' },
      none: { type: 'string', enum: FITS, description: 'how ALBERT alone gives 11.6M' },
      default: { type: 'string', enum: FITS, description: 'how it gives 11.88M with adapters of size 64' },
      smallest: { type: 'string', enum: FITS, description: 'how it gives 11.77M with those of size 32' },
      largest: { type: 'string', enum: FITS, description: 'how it gives 12.06M with those of size 128' },
    },
    windows: {
      reading: { type: 'string', enum: READINGS, 'x-key': true },
      adapters: { type: 'string', enum: SIZES, 'x-key': true },
      added: { type: 'integer', unit: 'parameter' },
      lowestBase: { type: 'integer', unit: 'parameter', description: 'that prints as the total of Table II' },
      highestBase: { type: 'integer', unit: 'parameter' },
      ownBase: { type: 'boolean', description: 'ALBERT as counted here is between them' },
    },
    common: {
      reading: { type: 'string', enum: READINGS, 'x-key': true },
      adapterBiases: { type: 'boolean', 'x-key': true },
      lowestBase: { type: 'integer', unit: 'parameter', description: 'least base for all three rows with adapters' },
      highestBase: { type: 'integer', unit: 'parameter', description: 'largest one; below the least if none fits all' },
      exists: { type: 'boolean' },
    },
    adapterBert: {
      pooler: { type: 'boolean', 'x-key': true },
      adaptersPerLayer: { type: 'integer', unit: 'module', 'x-key': true },
      adapterBiases: { type: 'boolean', 'x-key': true },
      millions: { type: 'number', unit: 'M parameters' },
      fit: { type: 'string', enum: FITS },
      overStatedPercent: { type: 'number', unit: '%', description: 'over the 110M that the BERT paper states' },
      overCountedPercent: { type: 'number', unit: '%', description: 'over BERT by the same rule' },
      claim: { type: 'string', 'x-claim': 'millions' },
    },
    shares: {
      rule: { type: 'string', enum: SHARE_RULE_NAMES, 'x-key': true },
      added: {
        type: 'string',
        enum: ['nothing', 'classifier', 'adapters'],
        'x-key': true,
        description: 'to the encoder; adapters count as part of the layers',
      },
      total: { type: 'integer', unit: 'parameter' },
      transformerPercent: { type: 'number', unit: '%' },
      embeddingPercent: { type: 'number', unit: '%' },
      claim: { type: 'string', 'x-claim': 'embeddingPercent' },
    },
    stated: {
      part: { type: 'string', enum: ['embedding', 'transformer'], 'x-key': true },
      percent: { type: 'number', unit: '%', description: 'share by the rule of shares, cut with cutDigits' },
      claim: { type: 'string', 'x-claim': 'percent' },
    },
    footprints: {
      model: { type: 'string', 'x-key': true },
      millions: { type: 'number', unit: 'M parameters' },
      gb: { type: 'number', unit: 'GB', description: '10^9 bytes, single precision' },
      gib: { type: 'number', unit: 'GiB', description: '2^30 bytes' },
      claim: { type: ['string', 'null'], 'x-claim': 'gib' },
    },
    relatedWork: {
      model: { type: 'string', 'x-key': true },
      tasks: { type: 'integer', unit: 'task' },
      perTaskPercent: { type: 'number', unit: '%', description: 'of the model without them, for each task' },
      factor: { type: 'number', unit: '1', description: 'all tasks together, over the model without them' },
      claim: { type: ['string', 'null'], 'x-claim': 'factor' },
    },
  }),
  run({ params }) {
    const albert = albertOf(params)
    const rows = modelsOf(params)
    const base = moduleCounts({ ...albert, labels: 0 })
    const addedBy = (size: number, biases = params.adapterBiases) =>
      params.adaptersPerLayer * adapterParameters(params.hidden, size, biases)
    const sizeOf = (size: Size) => sizesOf(params)[size] ?? 0
    const windowOf = (size: Size, reading: (typeof READINGS)[number], biases = params.adapterBiases) => {
      const added = size === 'none' ? 0 : addedBy(sizeOf(size), biases)
      const [lowest, highest] = printableCounts(PRINTED_TOTALS[size], reading)
      return { added, lowestBase: lowest - added, highestBase: highest - added }
    }
    const own = sharesOf({ ...albert, labels: 0 }, params.shares as ShareRuleName)
    const share = (part: number) => (params.cutDigits ? cutPercent : (x: number) => x)((100 * part) / own.total)
    return {
      models: rows.map((row) => ({
        model: row.model,
        adapters: row.adapters,
        adapterSize: row.size,
        parameters: row.parameters,
        trainable: row.trainable,
        trainablePercent: (100 * row.trainable) / row.parameters,
        tableMillions: row.shown / 1e6,
        claim: claimOf(row, 'total'),
      })),
      overheads: rows.map((row) => ({
        model: row.model,
        adapters: row.adapters,
        added: row.counts.adapters,
        exactPercent: (100 * row.counts.adapters) / (row.parameters - row.counts.adapters),
        tablePercent: 100 * (row.shown / row.shownBase - 1),
        claim: claimOf(row, 'overhead'),
      })),
      modules: rows.flatMap((row) =>
        MODULES.map((module) => ({
          model: row.model,
          adapters: row.adapters,
          module,
          parameters: row.counts[module],
          sharePercent: (100 * row.counts[module]) / row.parameters,
          taskSpecific: row.adapters === 'none' || ADAPTED_MODULES.includes(module),
        })),
      ),
      trainableRules: [true, false].flatMap((adapterBiases) =>
        [false, true].flatMap((layerNorms) =>
          [0, 1, 2, 3].map((labels) => {
            const counts = moduleCounts({ ...albert, adapterBiases, labels, adapters: perLayer(params) })
            const parameters = counts.adapters + (layerNorms ? counts['layer norms'] : 0) + counts.head
            return {
              adapterBiases,
              layerNorms,
              labels,
              thousands: parameters / 1e3,
              fit: fitOf(parameters, PRINTED_TRAINABLE),
              claim: 'adapter-albert.t2-adapter-albert-64-trainable',
            }
          }),
        ),
      ),
      bases: Object.entries(basesOf(params, base)).map(([rule, parameters]) => {
        const fit = (size: Size) => fitOf(parameters + windowOf(size, 'either').added, PRINTED_TOTALS[size])
        return {
          rule,
          parameters,
          none: fit('none'),
          default: fit('default'),
          smallest: fit('smallest'),
          largest: fit('largest'),
        }
      }),
      windows: READINGS.flatMap((reading) =>
        SIZES.map((adapters) => {
          const window = windowOf(adapters, reading)
          const parameters = countOf(base)
          return {
            reading,
            adapters,
            ...window,
            ownBase: parameters >= window.lowestBase && parameters <= window.highestBase,
          }
        }),
      ),
      common: READINGS.flatMap((reading) =>
        [true, false].map((adapterBiases) => {
          const windows = ADAPTED_SIZES.map((size) => windowOf(size, reading, adapterBiases))
          const lowestBase = Math.max(...windows.map((window) => window.lowestBase))
          const highestBase = Math.min(...windows.map((window) => window.highestBase))
          return { reading, adapterBiases, lowestBase, highestBase, exists: lowestBase <= highestBase }
        }),
      ),
      adapterBert: [true, false].flatMap((pooler) =>
        [2, 1].flatMap((adaptersPerLayer) =>
          [true, false].map((adapterBiases) => {
            const adapters = Array.from({ length: adaptersPerLayer }, () => params.adapterSize)
            const counts = moduleCounts({ ...bertOf(params), pooler, adapterBiases, adapters })
            const parameters = countOf(counts)
            return {
              pooler,
              adaptersPerLayer,
              adapterBiases,
              millions: parameters / 1e6,
              fit: fitOf(parameters, PRINTED_ADAPTER_BERT),
              overStatedPercent: 100 * (parameters / PUBLISHED.bertBaseStated.value - 1),
              overCountedPercent: (100 * counts.adapters) / (parameters - counts.adapters),
              claim: 'adapter-albert.t2-adapter-bert-total',
            }
          }),
        ),
      ),
      shares: [
        ...SHARE_RULE_NAMES.map((rule) => shareRow(rule, 'nothing', { ...albert, labels: 0 })),
        shareRow('rest', 'classifier', albert),
        shareRow('rest', 'adapters', { ...albert, labels: 0, adapters: perLayer(params) }),
      ],
      stated: [
        { part: 'embedding', percent: share(own.embedding), claim: 'adapter-albert.share-embedding' },
        { part: 'transformer', percent: share(own.transformer), claim: 'adapter-albert.share-transformer' },
      ],
      footprints: [
        footprint('BERT-large, as stated', params.bertLargeMillions * 1e6, 'intro-bert-large-footprint'),
        footprint('BERT-large, from its shape', encoderParameters(bertLarge, BERT_EMBEDDING).total, null),
        footprint('GPT-3, as stated', params.gpt3Billions * 1e9, 'intro-gpt3-footprint'),
        footprint('GPT-3, from its shape', gpt3Parameters(), null),
        footprint('ALBERT', countOf(base), null),
      ],
      relatedWork: relatedWork(params, rows),
    }
  },
  claims: {
    'adapter-albert.intro-bert-large-params': (_, p) => p.bertLargeMillions,
    'adapter-albert.intro-gpt3-params': (_, p) => p.gpt3Billions,
    'adapter-albert.intro-bert-large-footprint': ({ footprints }) =>
      footprints.find((row) => row.claim === 'adapter-albert.intro-bert-large-footprint')?.gib,
    'adapter-albert.intro-gpt3-footprint': ({ footprints }) =>
      footprints.find((row) => row.claim === 'adapter-albert.intro-gpt3-footprint')?.gib,
    'adapter-albert.intro-albert-param-reduction': ({ models }) =>
      rowOf(models, 'BERT').parameters / rowOf(models, 'ALBERT').parameters,
    'adapter-albert.intro-encoder-layers': (_, p) => p.layers,
    'adapter-albert.arch-hidden-size': (_, p) => p.hidden,
    'adapter-albert.arch-adapters-per-layer': (_, p) => p.adaptersPerLayer,
    'adapter-albert.adapter-default-size': (_, p) => p.adapterSize,
    'adapter-albert.adapter-size-range': (_, p) => [Math.min(...p.adapterSizes), Math.max(...p.adapterSizes)],
    'adapter-albert.vase-choices': (_, p) => [Math.min(...p.adapterSizes), Math.max(...p.adapterSizes)],
    'adapter-albert.t2-bert-total': ({ models }) => rowOf(models, 'BERT').tableMillions,
    'adapter-albert.t2-bert-trainable': ({ models }) => rowOf(models, 'BERT').trainable / 1e6,
    'adapter-albert.t2-bert-overhead': ({ overheads }) => rowOf(overheads, 'BERT').tablePercent,
    'adapter-albert.t2-adapter-bert-total': {
      predict: ({ models }) => rowOf(models, 'Adapter-BERT').tableMillions,
      calibrated: {
        parameter: 'adapterBertPooler, cutDigits',
        method: 'the rule of table adapterBert that gives the printed digits',
        window: 'no pooler and two adapters a layer, with biases or without; 111.9M with the pooler',
      },
    },
    'adapter-albert.t2-adapter-bert-trainable': ({ models }) => rowOf(models, 'Adapter-BERT').trainable / 1e6,
    'adapter-albert.t2-adapter-bert-overhead': {
      predict: ({ overheads }) => rowOf(overheads, 'Adapter-BERT').tablePercent,
      calibrated: {
        parameter: 'statedBertBase, adapterBertPooler, cutDigits',
        method: 'the two totals as Table II prints them: 111.2/110 - 1',
        window: '1.16 % if nothing is cut; 2.2 % by counting the adapters',
      },
    },
    'adapter-albert.t2-albert-total': {
      predict: ({ models }) => rowOf(models, 'ALBERT').tableMillions,
      calibrated: CUT,
    },
    'adapter-albert.t2-albert-trainable': {
      predict: ({ models }) => rowOf(models, 'ALBERT').tableMillions,
      calibrated: CUT,
    },
    'adapter-albert.t2-albert-overhead': ({ overheads }) => rowOf(overheads, 'ALBERT').tablePercent,
    'adapter-albert.t2-adapter-albert-64-total': ({ models }) =>
      rowOf(models, 'Adapter-ALBERT', 'default').tableMillions,
    'adapter-albert.t2-adapter-albert-64-trainable': ({ models }) =>
      rowOf(models, 'Adapter-ALBERT', 'default').trainable / 1e3,
    'adapter-albert.t2-adapter-albert-64-overhead': {
      predict: ({ overheads }) => rowOf(overheads, 'Adapter-ALBERT', 'default').tablePercent,
      calibrated: {
        parameter: 'cutDigits',
        method: 'the two totals as Table II prints them: 11.88/11.6 - 1',
        window: '1.7 % by counting the adapters, 1.5 % from rounded totals',
      },
    },
    'adapter-albert.t2-adapter-albert-var-total': ({ models }) => endsOf(models, (row) => row.tableMillions),
    'adapter-albert.t2-adapter-albert-var-trainable': ({ models }) => endsOf(models, (row) => row.trainable / 1e3),
    'adapter-albert.t2-adapter-albert-var-overhead': ({ overheads }) => endsOf(overheads, (row) => row.tablePercent),
    'adapter-albert.t2-max-overhead-pct': ({ overheads }) => rowOf(overheads, 'Adapter-ALBERT', 'largest').exactPercent,
    'adapter-albert.t2-max-overhead-count': ({ overheads }) =>
      rowOf(overheads, 'Adapter-ALBERT', 'largest').added / 1e3,
    'adapter-albert.t2-refresh-few-percent': ({ models }, p) =>
      models.filter((row) => row.adapters !== 'none').every((row) => row.trainablePercent <= p.fewPercent),
    'adapter-albert.share-embedding': { predict: ({ stated }) => stated[0]?.percent, calibrated: SHARE },
    'adapter-albert.share-transformer': { predict: ({ stated }) => stated[1]?.percent, calibrated: SHARE },
    'adapter-albert.rw-pals': ({ relatedWork: rows }) => rows.find((row) => row.claim?.endsWith('rw-pals'))?.factor,
    'adapter-albert.rw-adapter-bert': ({ relatedWork: rows }) =>
      rows.find((row) => row.claim?.endsWith('rw-adapter-bert'))?.factor,
  },
  reasons: {
    'adapter-albert.intro-albert-param-reduction': {
      kind: 'rounding',
      text: '109.48M / 11.69M = 9.37, which a round 10 stands for',
    },
    'adapter-albert.t2-bert-total': {
      kind: 'rounding',
      text: '109.48M from the shape; 110M is what the BERT paper states, to two digits',
    },
    'adapter-albert.t2-bert-trainable': {
      kind: 'rounding',
      text: '109.48M from the shape; 110M is what the BERT paper states, to two digits',
    },
    'adapter-albert.t2-adapter-albert-64-trainable': {
      kind: 'residual',
      text: 'layer norms, adapters and a classifier of 2 labels, which Sec. II-A names as task-specific, are 202.9K. 200.4K come out of adapters without biases, layer norms and one label (table trainableRules), which Table II has no reason to count',
    },
    'adapter-albert.t2-adapter-albert-var-total': {
      kind: 'finding',
      text: '32 and 128 make 11.785M and 12.080M. 11.77M and 12.06M need another ALBERT than the row of size 64: no base gives all three, whether they are rounded or cut (table common)',
    },
    'adapter-albert.t2-adapter-albert-var-trainable': {
      kind: 'rounding',
      text: 'adapters, layer norms and a classifier of 2 labels are 104.5K and 399.6K; the adapters alone 99.9K and 395.0K',
    },
    'adapter-albert.t2-adapter-albert-var-overhead': {
      kind: 'finding',
      text: '1.4 and 3.9 are 11.77/11.6 and 12.06/11.6, cut; counted are 0.9 and 3.4 %. With totals of our own, cut as Table II cuts them, the same quotients are 1.55 and 4.14',
    },
  },
  errata: [
    {
      where: 'Table II, total and trainable parameters of ALBERT',
      printed: '11.6M',
      shouldBe: '11.7M',
      arithmetic:
        '3,906,048 of the embedding, 99,072 of its mapping, 7,087,872 of the shared layer and 590,592 of the pooler are 11,683,584: digits are cut off, while Table II prints 11.88M for the same with 198,272 more',
    },
    {
      where: 'Table II, overhead of adapter-ALBERT-64',
      printed: '2.4 %',
      shouldBe: '1.7 %',
      arithmetic:
        'two adapters of 2 x 768 x 64 + 64 + 768 parameters are 198,272, and 198,272 / 11,683,584 = 1.70 %; 2.4 % is 11.88/11.6 - 1, whose base has lost 0.084M',
    },
    {
      where: 'Table II, overhead of adapter-ALBERT-32 to 128',
      printed: '1.4 to 3.9 %',
      shouldBe: '0.9 to 3.4 %',
      arithmetic:
        '99,904 / 11,683,584 = 0.86 % and 395,008 / 11,683,584 = 3.38 %; 11.77/11.6 - 1 = 1.47 % and 12.06/11.6 - 1 = 3.97 %, both cut',
    },
    {
      where: 'Table II, total of adapter-ALBERT-32 to 128 against that of 64',
      printed: '11.77M to 12.06M, and 11.88M',
      shouldBe: '11.78M to 12.08M, and 11.88M',
      arithmetic:
        'size 64 adds 98,368 to size 32, and size 128 another 196,736. 11.88M needs an ALBERT of at least 11,676,728 even if 11,875,000 was rounded up; 12.06M allows 11,674,991 at most even if 12,069,999 was cut. Without biases in the adapters the gap is 1,609 instead of 1,737',
    },
    {
      where: 'Table II, total and overhead of adapter-BERT-64',
      printed: '111.2M and 1.1 %, with 2.4M trainable on BERT of 110M',
      shouldBe: '111.9M and 2.2 %',
      arithmetic:
        "24 adapters of 99,136 parameters are 2,379,264, 2.17 % of 109.48M; 109.48M + 2.38M = 111.86M. 111.2M is that without BERT's pooler of 590,592, cut, and 1.1 % is 111.2/110 - 1; 2.4/110 = 2.2 % by the table itself. One adapter a layer would add 1.1 %, too, but makes 110.7M with 1.2M trainable (table adapterBert)",
    },
    {
      where: 'Sec. III-A, the overhead of the largest adapters',
      printed: 'would not exceed 4 %, or 400K parameters',
      shouldBe: '3.4 %, or 395K parameters',
      arithmetic:
        'both bounds hold, but they are not the same: 395,008 / 11,683,584 = 3.38 %; 400K are 3.4 % of 11.6M, too, and 4 % of 11.6M would be 464K',
    },
    {
      where: 'Sec. I, memory of BERT-large and GPT-3',
      printed: '1.27GB and 652GB',
      shouldBe: '1.27 GiB and 652 GiB, or 1.36 GB and 700 GB',
      arithmetic: '340e6 x 4 / 2^30 = 1.267 and 175e9 x 4 / 2^30 = 651.9',
    },
    {
      where: 'Sec. III-B1, share of the embedding layer',
      printed: '39.9 % of all parameters',
      shouldBe: '33.4 %, or 34.3 % with its mapping to 768',
      arithmetic:
        '3,906,048 / 11,683,584 = 33.43 %. 39.9 % needs all that is outside the layer, the pooler and the head for masked words with its 30,000 biases included: (11,812,272 - 7,087,872) / 11,812,272 = 39.996 %, cut. Table II has no such head in its 11.6M, and no inference uses it',
    },
  ],
  headlines: {
    'adapter-albert.t2-adapter-albert-64-trainable':
      'counted: adapters, layer norms and a 2-label classifier are 202.9K; 200.4K needs counting rules that no text gives',
  },
  figure: ({ overheads, models }, marks) => {
    const name = {
      field: 'name',
      type: 'nominal',
      sort: null,
      title: 'model',
      axis: { title: null, labelLimit: 260 },
    }
    const labelled = <R extends Named>(row: R) => ({
      ...row,
      name: row.adapters === 'none' ? row.model : `${row.model}, ${row.adapters}`,
    })
    const millions = { title: 'total [M parameters]', scale: { type: 'log', domain: [10, 200] } }
    const overhead = { title: 'overhead [%]' }
    return {
      description:
        'Table II by model and size of adapters: total parameters in millions on a logarithmic axis (dots, counted from the shapes and cut as the table cuts them) and what the adapters add in percent (bars, counted). Crosses are printed; of the smallest and the largest adapters only ranges are, which are not drawn. The column of trainable parameters is left out.',
      title: legendLine('dots and bars: counted; crosses: printed'),
      hconcat: [
        {
          width: 220,
          height: 180,
          data: { values: models.map((row) => ({ ...labelled(row), printed: printedAt(marks, row.claim) })) },
          encoding: { y: name },
          layer: [
            {
              mark: { type: 'circle', size: 110, opacity: 0.75 },
              encoding: { x: { field: 'tableMillions', type: 'quantitative', ...millions } },
            },
            crossesAlong('x', 'printed', millions),
          ],
        },
        {
          width: 220,
          height: 180,
          data: { values: overheads.map((row) => ({ ...labelled(row), printed: printedAt(marks, row.claim) })) },
          encoding: { y: { ...name, axis: { title: null, labels: false } } },
          layer: [
            {
              mark: { type: 'bar', opacity: 0.75 },
              encoding: { x: { field: 'exactPercent', type: 'quantitative', ...overhead } },
            },
            crossesAlong('x', 'printed', overhead),
          ],
        },
      ],
    }
  },
})

type Named = { readonly model: string; readonly adapters: string }

/** The row of a model; of its adapters' default size, or without. */
function rowOf<R extends Named>(rows: readonly R[], model: ModelRow['model'], adapters?: Size): R {
  const found = rows.find((row) => row.model === model && (adapters === undefined || row.adapters === adapters))
  return found as R
}

/** A range from the smallest adapters to the largest. */
function endsOf<R extends Named>(rows: readonly R[], of: (row: R) => number): [number, number] {
  return [of(rowOf(rows, 'Adapter-ALBERT', 'smallest')), of(rowOf(rows, 'Adapter-ALBERT', 'largest'))]
}

export default table2
await main(import.meta, table2)
