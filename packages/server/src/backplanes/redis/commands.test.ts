import { expect, it, onTestFinished, vi } from 'vitest'

import { createCommands } from './commands.ts'
import { channelKeys } from './keys.ts'
import { KnownChannel } from './known-channel.ts'

import type { RedisDriver } from './driver.ts'

const script = { text: 'return 1', sha: 'sha' }
const about = new KnownChannel(channelKeys('p:', 'a'))

/** Commands over links that answer all but scripts, which they refuse. */
async function open(refusal: string) {
  const onDown = vi.fn<(error: unknown) => void>()
  const driver: RedisDriver = {
    open: async () => ({
      send: ([command = '']) => (command === 'EVALSHA' ? Promise.reject(new Error(refusal)) : Promise.resolve('')),
      subscribe: () => Promise.resolve(),
      unsubscribe: () => Promise.resolve(),
      destroy() {},
    }),
  }
  const commands = createCommands({ driver, scripts: [script], timeoutMs: 1000, onUp() {}, onDown })
  onTestFinished(() => commands.close())
  await commands.firstAttempt
  const outcome = await commands
    .call(script, ['EVALSHA', 'sha', '0'], 0, String, about)
    .catch((error: unknown) => error)
  await new Promise(setImmediate)
  return { outcome, losses: onDown.mock.calls.map(([error]) => String(error)) }
}

it.each([
  "READONLY You can't write against a read only replica. script: 0a, on @user_script:1.",
  "ERR Error running script (call to f_0a): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica.",
])('leaves a Redis that has become a replica: %s', async (refusal) => {
  expect(await open(refusal)).toMatchObject({
    outcome: { code: 'UNAVAILABLE', cause: { message: refusal } },
    losses: [`Error: ${refusal}`],
  })
})

it('stays with one that refuses for another reason', async () => {
  expect(await open("OOM command not allowed when used memory > 'maxmemory'")).toMatchObject({
    outcome: { code: 'UNAVAILABLE' },
    losses: [],
  })
})
