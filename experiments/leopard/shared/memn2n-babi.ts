import type { Param } from '../../../lib/harness/mod.ts'
import { type BabiQuestion, parseBabi } from '../../../lib/training/mod.ts'
import { TASK_NUMBERS } from './memn2n-tasks.ts'

/** The parameter that names a folder with bAbI's own files. */
export const BABI_PARAM = {
  type: 'string',
  value: '',
  folder: '.txt',
  unit: '1',
  source: { kind: 'assumed', why: 'empty: generated questions alone; yours go here', range: 'a folder' },
  description:
    'a folder with files in the text format of bAbI, qa1_..._train.txt and qa1_..._test.txt and so on: its tasks are trained and measured beside the generated ones (1 to 6 s each)',
} as const satisfies Param

/** Questions of one task in files. */
export interface FiledTask {
  readonly task: number
  readonly train: readonly BabiQuestion[]
  readonly test: readonly BabiQuestion[]
}

/** Fewer questions than this are no training set. */
const FEWEST_QUESTIONS = 20

/**
 * Reads the tasks of a folder.
 *
 * @param files texts by parameter and file name
 * @param options.name the parameter that names the folder
 * @param options.path the folder, for errors
 * @param options.wanted task numbers
 * @throws {RangeError} if a task has only one of its files, or one twice, or too few questions, or none is there;
 *   {SyntaxError} on a malformed file; the message names the file
 */
export function readBabi(
  files: Readonly<Record<string, string>>,
  options: { readonly name: string; readonly path: string; readonly wanted?: readonly number[] },
): FiledTask[] {
  const { name, path, wanted = TASK_NUMBERS } = options
  const prefix = `${name}/`
  const names = Object.keys(files)
    .filter((file) => file.startsWith(prefix))
    .map((file) => file.slice(prefix.length))
  const fail = (task: number, got: string): never => {
    throw new RangeError(
      `Cannot train task ${task}: ${path} must hold one qa${task}_..._train.txt and one qa${task}_..._test.txt, got ${got}`,
    )
  }
  const tasks = wanted.flatMap((task): FiledTask[] => {
    const parts = (end: 'train' | 'test') =>
      names.filter((file) => file.startsWith(`qa${task}_`) && file.endsWith(`_${end}.txt`))
    const [train, test] = [parts('train'), parts('test')]
    const found = [...train, ...test]
    if (found.length === 0) return []
    if (train.length !== 1 || test.length !== 1) fail(task, found.join(', '))
    const read = (file: string, fewest: number) => {
      const questions = parseBabi(`${path}/${file}`, files[prefix + file] as string)
      if (questions.length < fewest) {
        throw new RangeError(
          `Cannot train on ${path}/${file}: it must hold at least ${fewest} questions, got ${questions.length}`,
        )
      }
      return questions
    }
    return [{ task, train: read(train[0] as string, FEWEST_QUESTIONS), test: read(test[0] as string, 1) }]
  })
  if (tasks.length === 0) {
    throw new RangeError(
      `Cannot train on ${path}: it must hold files of task ${wanted.join(' or ')}, such as qa${wanted[0]}_..._train.txt, got ${names.slice(0, 3).join(', ')}`,
    )
  }
  return tasks
}
