import { expect, it } from 'vitest'

import { createScriptRunner } from './script-runner.ts'

const script = { text: 'return 1', sha: 'sha' }
const callOf = (n: number) => ['EVALSHA', 'sha', '0', String(n)]

/** A link whose replies the test gives, in the order of the commands. */
function scriptedLink() {
  const sent: string[] = []
  const waiting: { resolve: (reply: unknown) => void; reject: (error: Error) => void }[] = []
  return {
    sent,
    link: {
      send(args: readonly string[]) {
        sent.push(args.join(' '))
        return new Promise<unknown>((resolve, reject) => waiting.push({ resolve, reject }))
      },
      subscribe: () => Promise.resolve(),
      unsubscribe: () => Promise.resolve(),
      destroy() {},
    },
    forget: () => waiting.shift()?.reject(new Error('NOSCRIPT No matching script')),
    answer: () => waiting.shift()?.resolve('OK'),
  }
}

it('makes the calls again that found no script, before those that came since', async () => {
  const { sent, link, forget, answer } = scriptedLink()
  const runner = createScriptRunner(link, [script])
  const run = async (n: number): Promise<unknown> => {
    try {
      return await runner.send(script, callOf(n))
    } catch (error) {
      expect(runner.isForgotten(error)).toBe(true)
      return runner.again(script, callOf(n))
    }
  }
  const first = [run(1), run(2)]
  forget()
  // The scripts are asked for by the first that lacks one; meanwhile another call is made, and the second one fails.
  await new Promise(setImmediate)
  const last = run(3)
  forget()
  await new Promise(setImmediate)
  answer()
  await new Promise(setImmediate)
  expect(sent).toEqual([
    'EVALSHA sha 0 1',
    'EVALSHA sha 0 2',
    'SCRIPT LOAD return 1',
    'EVAL return 1 0 1',
    'EVAL return 1 0 2',
    'EVAL return 1 0 3',
  ])
  for (let n = 0; n < 3; n++) answer()
  expect(await Promise.all([...first, last])).toEqual(['OK', 'OK', 'OK'])
  void run(4)
  expect(sent.at(-1)).toBe('EVALSHA sha 0 4')
})
