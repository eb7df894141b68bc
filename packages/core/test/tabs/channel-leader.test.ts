import { expect, it } from 'vitest'

import { createManualClock } from '../../src/testing/index.ts'
import { createChannelRelay } from '../../src/tabs/channel-relay.ts'
import { lead } from '../../src/tabs/leader.ts'
import { createRelayLog } from '../../src/tabs/relay-log.ts'

import type { ClientEnvelope } from '../../src/protocol/envelope.ts'
import type { Message } from '../../src/tabs/relay.ts'
import type { ChannelSide, Link, Transport } from '../../src/transports/transport.ts'

const ignore = () => {}

/** A leader whose link is dialled. */
function openLeader() {
  const clock = createManualClock()
  const posted: Message[] = []
  const asked: ClientEnvelope[] = []
  const { signal } = new AbortController()
  // What a leader does with the others shows in nothing but their calls.
  const about = { signal, clock, lastEventId: '', fromStart: false }
  const link = { ...about, opened: ignore, event: ignore, bytes: ignore } as unknown as Link
  let side: ChannelSide | undefined
  let dialled: Link | undefined
  const real: Transport = {
    name: 'played',
    url: '',
    isUnsafe: false,
    poolKey: undefined,
    channels: () => ({ asked: () => ({}), take: ignore, opened: ignore }),
    connect(own) {
      dialled = own
      side = own.channels?.(own)
    },
  }
  const post = (...message: Message) => void posted.push(message)
  const host = { id: 'l.1', link, real, log: createRelayLog(), post, redial: ignore }
  return {
    role: lead({ ...host, relayChannels: createChannelRelay }, ignore),
    clock,
    asked,
    open: () => dialled?.opened(),
    introduce() {
      dialled?.event({ id: undefined, type: 'steadystream.connected', data: '{}' })
      side?.opened((commands) => {
        asked.push(...commands)
        return undefined
      })
    },
    /** Whether this tab has been told that it may send. */
    isPlaced: (tab: string) =>
      posted.some(([kind, , to, calls]) => kind === 'tell' && to === tab && calls.some(([name]) => name === 'placed')),
  }
}

it('a leader takes no commands that were given to another one, before its own link can carry them', () => {
  const { role, asked, open, introduce } = openLeader()
  role.heard(['send', [{ type: 'subscribe', channels: { news: null } }], 'stranger'])
  role.heard(['join', 'f.2', '', false])
  // What the leader before had placed goes on to speak for a moment.
  role.heard(['send', [{ type: 'subscribe', channels: { news: 'e:1' } }], 'f.2'])
  open()
  introduce()
  const commands = [{ type: 'subscribe', channels: { news: 'e:3' } }]
  role.heard(['send', commands, 'f.2'])
  expect(asked).toEqual(commands)
})

it('tabs may send as soon as the link can carry it, and not before', async () => {
  const { role, clock, open, introduce, isPlaced } = openLeader()
  role.heard(['join', 'f.2', '', false])
  open()
  await clock.advance(4000)
  expect(isPlaced('f.2')).toBe(false)
  introduce()
  expect(isPlaced('f.2')).toBe(true)
})
