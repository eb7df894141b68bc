import { setImmediate as turnEnd } from 'node:timers/promises'

import { expect, it, onTestFinished } from 'vitest'

import { createRealtime } from '../src/index.ts'

const events = 5
const filler = 'x'.repeat(8000)

it('replays more of several channels than may wait for one client', async () => {
  const realtime = createRealtime({ authorize: () => true, limits: { queuedBytes: 1000 } })
  onTestFinished(() => realtime.close())
  const channels = ['a', 'b', 'c']
  for (const channel of channels)
    for (let n = 1; n <= events; n++) await realtime.publish(channel, { at: `${channel}${n}`, filler })
  const query = channels.map((channel) => `channels=${channel}`).join('&')
  const { body } = await realtime.fetch(new Request(`http://localhost/?${query}&from=start`))
  // All have been read before the first bytes are taken.
  await turnEnd()
  const offsets = Array.from({ length: events }, (_, index) => index + 1)
  let text = ''
  const decoder = new TextDecoder()
  const seenOf = (channel: string) =>
    [...text.matchAll(/"at":"(\w)(\d)"/g)].flatMap(([, of, n]) => (of === channel ? [Number(n)] : []))
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (channels.every((channel) => seenOf(channel).length === events)) break
  }
  expect(channels.map(seenOf)).toEqual(channels.map(() => offsets))
})
