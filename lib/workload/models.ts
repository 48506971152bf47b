import type { Transformer } from './transformer.ts'

const surveyTable1 = { kind: 'paper', where: 'survey Table 1' } as const

/** Devlin et al., 2019, base. */
export const bertBase: Transformer = {
  name: 'BERT-Base',
  kind: 'encoder',
  layers: 12,
  hidden: 768,
  heads: 12,
  ffn: 3072,
  source: surveyTable1,
}

/** Devlin et al., 2019, large. */
export const bertLarge: Transformer = {
  name: 'BERT-Large',
  kind: 'encoder',
  layers: 24,
  hidden: 1024,
  heads: 16,
  ffn: 4096,
  source: surveyTable1,
}

/** Radford et al., 2019, the smallest one. */
export const gpt2: Transformer = {
  name: 'GPT-2',
  kind: 'decoder',
  layers: 12,
  hidden: 768,
  heads: 12,
  ffn: 3072,
  source: surveyTable1,
}

/** Turc et al., 2019, 2 layers of width 128. */
export const bertTiny: Transformer = {
  name: 'BERT-Tiny',
  kind: 'encoder',
  layers: 2,
  hidden: 128,
  heads: 2,
  ffn: 512,
  source: { kind: 'public', which: 'Turc et al., "Well-read students learn better", arXiv 1908.08962, Table 1' },
}

/** Lan et al., 2020, base: the work of BERT-Base with one layer's parameters shared by all 12. */
export const albertBase: Transformer = {
  name: 'ALBERT-base',
  kind: 'encoder',
  layers: 12,
  hidden: 768,
  heads: 12,
  ffn: 3072,
  source: {
    kind: 'public',
    which:
      'Lan et al., "ALBERT", ICLR 2020, arXiv 1909.11942, Table 1; heads and feed-forward width as in its released albert-base',
  },
}

/** Every Transformer known by name. */
export const transformers: readonly Transformer[] = [bertBase, bertLarge, gpt2, bertTiny, albertBase]
