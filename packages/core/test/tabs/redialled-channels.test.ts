import { expect, it, vi } from 'vitest'

import { sse } from '../../src/index.ts'
import { openClient } from '../channels/open-client.ts'

import type { ClientEnvelope } from '../../src/protocol/envelope.ts'
import type { ChoiceHost, TransportChoice } from '../../src/transport-choice.ts'
import type { Link, TabSharing, Transport } from '../../src/transports/transport.ts'

it('channels are asked for anew after a link that was left in the turn in which it opened', async () => {
  const links: Link[] = []
  const given: ClientEnvelope[][] = []
  let host: ChoiceHost | undefined
  let real: Transport | undefined
  const shell = {
    name: 'played',
    url: '',
    isUnsafe: false,
    poolKey: undefined,
    connect: (link: Link) => void links.push(link),
  }
  const choice: TransportChoice = {
    take: () => shell,
    opened() {},
    healthy() {},
    failed: () => 'retry',
    stop() {},
  }
  const tabs: TabSharing = ([first]) => {
    real = first
    const choose = (_: unknown, given: ChoiceHost) => {
      host = given
      return choice
    }
    return [{ ...first, choose }, first]
  }
  /** What another tab has told: the server is there, and takes commands. */
  const open = (link: Link | undefined) => {
    const commands: ClientEnvelope[] = []
    given.push(commands)
    link?.opened()
    if (link)
      real?.channels?.(link).opened((each) => {
        commands.push(...each)
        return undefined
      })
  }
  const client = openClient({ url: 'https://played.test/', transports: [sse('')], tabs })
  client.subscribe('news', {})
  await vi.waitFor(() => expect(links).toHaveLength(1))
  host?.redial('takeover')
  await vi.waitFor(() => expect(links).toHaveLength(2))
  open(links[1])
  host?.redial('takeover')
  await vi.waitFor(() => expect(links).toHaveLength(3))
  open(links[2])
  expect(given).toEqual([
    [{ type: 'subscribe', channels: { news: null } }],
    [{ type: 'subscribe', channels: { news: null } }],
  ])
})
