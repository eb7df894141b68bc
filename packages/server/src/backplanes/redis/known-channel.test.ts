import { expect, it } from 'vitest'

import { KnownChannel } from './known-channel.ts'

const keys = { meta: 'm', log: 'm:log' }
const run = { id: 'r', argument: '-r' }

it('is not led back by the position of an event that was published before', () => {
  const channel = new KnownChannel(keys)
  const see = (epoch: string, offset: number) => {
    channel.seeLater({ epoch, offset }, run)
    return channel.witness
  }
  expect([see('2', 4), see('2', 3), see('2', 5), see('1', 9), see('3', 1)]).toEqual([
    '2:4:r',
    '2:4:r',
    '2:5:r',
    '2:5:r',
    '3:1:r',
  ])
})

it('vouches for what it has seen before whoever did not show it, be it the same process over another link', () => {
  const channel = new KnownChannel(keys)
  channel.see({ epoch: '1', offset: 2 }, run)
  expect([channel.witnessIn(run), channel.witnessIn({ ...run })]).toEqual(['', '1:2:r'])
})

it('vouches for the end of a channel as long as nothing is known to have come behind it', () => {
  const channel = new KnownChannel(keys)
  channel.see({ epoch: '1', offset: 2 }, run, true)
  const atEnd = channel.witness
  channel.see({ epoch: '1', offset: 3 }, run)
  expect([atEnd, channel.witness]).toEqual(['1:2!:r', '1:3:r'])
})
