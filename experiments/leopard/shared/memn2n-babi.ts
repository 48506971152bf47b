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
    'a folder with files in the text format of bAbI, qa1_..._train.txt and qa1_..._test.txt and so on: its tasks are trained and measured beside the generated ones (about 2 s each)',
} as const satisfies Param

/** Questions of one task in files. */
export interface FiledTask {
  readonly task: number
  readonly train: readonly BabiQuestion[]
  readonly test: readonly BabiQuestion[]
}

/**
 * Reads the tasks of a folder.
 *
 * @param name the parameter that names it
 * @param files texts by parameter and file name
 * @param wanted task numbers
 * @throws {RangeError} if a task has only one of its files, or none is wanted; {SyntaxError} on a malformed file
 */
export function readBabi(
  files: Readonly<Record<string, string>>,
  { name, wanted = TASK_NUMBERS }: { readonly name: string; readonly wanted?: readonly number[] },
): FiledTask[] {
  const prefix = `${name}/`
  const names = Object.keys(files)
    .filter((file) => file.startsWith(prefix))
    .map((file) => file.slice(prefix.length))
  const tasks = wanted.flatMap((task): FiledTask[] => {
    const part = (end: 'train' | 'test') =>
      names.find((file) => file.startsWith(`qa${task}_`) && file.endsWith(`_${end}.txt`))
    const [train, test] = [part('train'), part('test')]
    if (train === undefined && test === undefined) return []
    if (train === undefined || test === undefined) {
      throw new RangeError(
        `Cannot train task ${task}: ${name} must hold qa${task}_..._train.txt and qa${task}_..._test.txt, got ${train ?? test} alone`,
      )
    }
    const read = (file: string) => parseBabi(file, files[prefix + file] as string)
    return [{ task, train: read(train), test: read(test) }]
  })
  if (tasks.length === 0) {
    throw new RangeError(
      `Cannot train on ${name}: it must hold files of task ${wanted.join(' or ')}, such as qa${wanted[0]}_..._train.txt, got ${names.slice(0, 3).join(', ')}`,
    )
  }
  return tasks
}
