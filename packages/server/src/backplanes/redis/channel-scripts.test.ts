import { expect, it } from 'vitest'

import { createChannelScripts } from './channel-scripts.ts'
import { channelKeys } from './keys.ts'
import { KnownChannel } from './known-channel.ts'
import { createScripts } from './scripts.ts'

import type { Commands } from './commands.ts'

const history = { size: 10, bytes: 1000, ttlMs: 60_000, positionTtlMs: 300_000 }
const scripts = createScripts(history)

/** Commands that are answered as the test says. */
function answering(replies: readonly unknown[]) {
  const left = [...replies]
  const sent: (readonly string[])[] = []
  const commands: Pick<Commands, 'run' | 'call'> = {
    run: { id: 'r', argument: '-r' },
    async call(_, command, __, decode, about) {
      sent.push(command.slice(2))
      return decode(left.shift(), about)
    },
  }
  return { ask: createChannelScripts(commands, scripts), sent }
}

it('keeps in mind the last position that was seen, which an event under a key from before is not', async () => {
  const { ask, sent } = answering(['1:9', '2:9', '1:9', '3:9'])
  const known = new KnownChannel(channelKeys('p:', 'a'))
  const publish = async (idempotencyKey?: string) => {
    const { offset } = await ask.publish(known, '', '1', idempotencyKey)
    return `${offset}, then ${known.witness}`
  }
  const seen = [await publish('k'), await publish(), await publish('k'), await publish('l')]
  expect(seen).toEqual(['1, then 9:1:r', '2, then 9:2:r', '1, then 9:2:r', '3, then 9:3:r'])
  expect(sent.slice(0, 2)).toEqual([
    ['3', 'p:{a}', 'p:{a}:log', 'p:{a}:once:k', '-r', '', '1'],
    ['2', 'p:{a}', 'p:{a}:log', '-r', '', '1'],
  ])
})

it.each([
  ['completed', 'the channel is completed'],
  [null, 'Redis answered with something else than a position'],
  [':9', 'Redis answered with something else than a position'],
])('takes %j for no position', async (reply, message) => {
  const known = new KnownChannel(channelKeys('p:', 'a'))
  await expect(answering([reply]).ask.publish(known, '', '1', undefined)).rejects.toThrow(message)
})
