import { expect, it } from 'vitest'

import { ChannelEvent } from '../../channel-event.ts'
import { FollowedChannel } from './followed-channel.ts'
import { KnownChannel } from './known-channel.ts'

const run = { id: 'r', argument: '-r' }

it('tells Redis of the later of two lives, whether it was followed or published to', () => {
  const known = new KnownChannel({ meta: 'm', log: 'm:log' })
  const channel = new FollowedChannel('a', known)
  const follow = (epoch: string, top: number) => {
    channel.beginPage(9)
    channel.apply({ epoch, oldest: top + 1, top, completed: false, events: [] }, run)
    return channel.witness
  }
  const publish = (epoch: string, offset: number) => {
    known.see({ epoch, offset }, run)
    return channel.witness
  }
  const told = [follow('1', 5), publish('1', 6), publish('2', 1), follow('2', 3), publish('2', 2), follow('3', 0)]
  expect(told).toEqual(['1:5:r', '1:6:r', '2:1:r', '2:3:r', '2:3:r', '3:0:r'])
})

it('is live behind a page although messages came meanwhile, so that a busy channel is not read without end', () => {
  const channel = new FollowedChannel('a', new KnownChannel({ meta: 'm', log: 'm:log' }))
  const seen: number[] = []
  channel.receivers = [{ event: ({ offset }) => seen.push(offset), missed() {}, complete() {} }]
  const event = (offset: number) => new ChannelEvent('1', offset, '"x"')
  const page = (top: number, events: readonly ChannelEvent[]) =>
    channel.apply({ epoch: '1', oldest: 1, top, completed: false, events }, run)
  channel.beginPage(9)
  page(5, [])
  channel.suspend()
  channel.beginPage(9)
  channel.take(event(6))
  channel.take(event(7))
  expect([page(6, [event(6)]), seen]).toEqual([true, [6, 7]])
  channel.suspend()
  channel.beginPage(9)
  channel.take(event(9))
  expect([page(7, []), seen]).toEqual([false, [6, 7]])
})

it('vouches for an end that history has told of, not a message, until something comes behind it', () => {
  const channel = new FollowedChannel('a', new KnownChannel({ meta: 'm', log: 'm:log' }))
  const page = (top: number, completed: boolean, events: readonly ChannelEvent[] = []) => {
    channel.beginPage(9)
    channel.apply({ epoch: '1', oldest: 1, top, completed, events }, run)
    return channel.witness
  }
  const told = [page(5, false)]
  channel.takeEnd({ epoch: '1', offset: 5 })
  told.push(channel.witness, page(5, true), page(6, false, [new ChannelEvent('1', 6, '"x"')]))
  expect(told).toEqual(['1:5:r', '1:5:r', '1:5!:r', '1:6:r'])
})
