import { createHash } from 'node:crypto'
import { vi } from 'vitest'

import {
  createChannelClient,
  createStream,
  createStreamManager,
  shareAcrossTabs,
  shareChannelsAcrossTabs,
  sse,
} from '../../src/index.ts'
import { createTabWorld } from '../support/tab-world.ts'
import { block, connected, event, events, published, replies, subscribed } from './channel-scenes.ts'
import { trackFetch } from './tracked-fetch.ts'

import type { ChannelClient, ChannelClientOptions } from '../../src/index.ts'
import type { ManualClock } from '../../src/testing/index.ts'
import type { TrackedBody } from './tracked-fetch.ts'
import type { Scene, Subject } from './world.ts'

const identity = 'ann'
const greeting = 'id: a:0\nevent: steadystream.connected\ndata: {"clientId":"1","heartbeatInterval":15000}\n\n'
const numbers = (...all: readonly number[]) => all.map((n) => `id: a:${n}\ndata: ${n}\n\n`).join('')

/** What a tab reaches its server by. */
function openTab(world: ReturnType<typeof createTabWorld>, name: string, url: string) {
  const tab = world.open(name)
  const server = trackFetch(true)
  let body: TrackedBody | undefined
  return {
    tab,
    server,
    transports: [sse(url, { fetch: server.fetch })],
    accept: () => void (body = server.answer(200, events)),
    write: (text: string) => body?.write(text),
    fail: () => body?.fail(),
  }
}

/** The tab that is closed, and another one, which stays. */
function openTabs(clock: ManualClock, url: string) {
  // The runtime's takes a turn of another thread, which no clock knows of.
  vi.spyOn(crypto.subtle, 'digest').mockImplementation(
    async (_, data) =>
      new Uint8Array(
        createHash('sha256')
          .update(data as Uint8Array)
          .digest(),
      ).buffer,
  )
  const world = createTabWorld(clock)
  const own = openTab(world, 'own', url)
  const other = openTab(world, 'other', url)
  const { server } = own
  const manager = createStreamManager()
  return {
    own,
    other,
    /** Options of the other one, which is the first to come back after a loss. */
    others: {
      clock: other.tab.clock,
      manager,
      jitter: 0,
      retryDelay: 100,
      minRetryDelay: 100,
      transports: other.transports,
    },
    scene: {
      asked: server.asked,
      // Asked when the other one has been left, too.
      open: () => server.open() + world.left().locks + world.left().channels,
      late: server.answerRest,
      leave: () => manager.cleanupAll(),
    },
  }
}

const streamUrl = 'http://stream.test/events'

/** A tab that dials, slows down, is joined by another one, and follows that one after a loss. */
export function leadingTabScene(clock: ManualClock): Scene {
  const { own, other, others, scene } = openTabs(clock, streamUrl)
  let handled = () => {}
  return {
    options: {
      transports: own.transports,
      tabs: shareAcrossTabs({ identity, ...own.tab.apis }),
      maxBufferedEvents: 2,
      onData: () => new Promise<void>((resolve) => (handled = resolve)),
    },
    steps: [
      [() => {}, 20],
      [own.accept],
      [() => own.write(greeting + numbers(1, 2, 3))],
      ...[1, 2, 3].map(() => [() => handled()] as const),
      [() => createStream({ ...others, tabs: shareAcrossTabs({ identity, ...other.tab.apis }), onData() {} }), 20],
      [() => own.write(numbers(4)), 20],
      [() => handled()],
      [own.fail, 500],
      [other.accept],
      [() => other.write(greeting + numbers(5)), 20],
      [() => handled(), 6000],
    ],
    ...scene,
  }
}

/** A tab that is told what another one is, catches up by itself, and leads when that one has died. */
export function followingTabScene(clock: ManualClock): Scene {
  const { own, other, others, scene } = openTabs(clock, streamUrl)
  createStream({ ...others, tabs: shareAcrossTabs({ identity, ...other.tab.apis }), onData() {} })
  return {
    options: {
      transports: own.transports,
      tabs: shareAcrossTabs({ identity, ...own.tab.apis }),
      from: 'start',
    },
    steps: [
      [() => {}, 20],
      [other.accept],
      [() => other.write(greeting + numbers(1)), 20],
      // What came before is asked for.
      [own.accept],
      [() => own.write(greeting + numbers(1)), 20],
      [() => other.write(numbers(2)), 20],
      // It answers no more, and its lock is taken.
      [() => other.tab.freeze(), 20_000],
      [own.accept],
      [() => own.write(greeting.replace('a:0', 'a:2') + numbers(3)), 20],
      [() => other.tab.thaw(), 500],
    ],
    ...scene,
  }
}

const channelUrl = 'http://stream.test/channels'

function openClient(around: ChannelClientOptions, { tab, transports }: ReturnType<typeof openTab>) {
  const client = createChannelClient({
    ...around,
    transports,
    tabs: shareChannelsAcrossTabs({ identity, ...tab.apis }),
  })
  const publish = (id: string) => void client.publish('job', 1, { id }).catch(() => {})
  return { client, publish }
}

/** Has a tab follow a channel, telling what comes. */
const follow = (client: ChannelClient | undefined, channel: string, note: (word: string) => void = () => {}) =>
  client?.subscribe(channel, {
    onData: async () => note('data'),
    onGap: () => note('gap'),
    onError: ({ code }) => note(code),
    onSubscribed: () => note('subscribed'),
  })

/** The tab that has the connection of two channel clients. */
export function leadingChannelsScene(clock: ManualClock): Scene {
  const { own, other, others, scene } = openTabs(clock, channelUrl)
  let second: ReturnType<typeof openClient> | undefined
  let left: ReturnType<typeof follow>
  return {
    begin({ note, ...around }): Subject {
      const { client } = openClient(around, own)
      follow(client, 'job', note)
      return client
    },
    steps: [
      [() => {}, 20],
      [own.accept],
      [() => own.write(block(connected, subscribed('job', 'a:0')))],
      [() => void (second = openClient(others, other)), 20],
      [() => void (left = follow(second?.client, 'more')), 120],
      [() => own.server.answer(200, replies(subscribed('more', 'a:0'))), 20],
      [() => own.write(block(event('job', 1), event('more', 1))), 20],
      [() => second?.publish('one'), 20],
      [() => own.server.answer(200, replies(published('one'))), 20],
      [() => second?.publish('two'), 20],
      [() => own.server.fail(), 20],
      [() => left?.unsubscribe(), 120],
      // Nobody knows whether it arrived: a new link begins.
      [() => own.server.fail(), 500],
    ],
    ...scene,
  }
}

/** A tab whose channels another one follows for it, until that one has died. */
export function followingChannelsScene(clock: ManualClock): Scene {
  const { own, other, others, scene } = openTabs(clock, channelUrl)
  const { client } = openClient(others, other)
  let self: ReturnType<typeof openClient> | undefined
  let left: ReturnType<typeof follow>
  follow(client, 'job')
  return {
    begin({ note, ...around }): Subject {
      self = openClient(around, own)
      follow(self.client, 'job', note)
      return self.client
    },
    steps: [
      [() => {}, 20],
      [other.accept],
      [() => other.write(block(connected, subscribed('job', 'a:0'))), 150],
      [() => other.write(block(event('job', 1))), 20],
      [() => void (left = follow(self?.client, 'more')), 120],
      [() => other.server.answer(200, replies(subscribed('more', 'a:0'))), 20],
      [() => self?.publish('one'), 20],
      [() => other.server.answer(200, replies(published('one'))), 20],
      [() => self?.publish('two'), 20],
      [() => left?.unsubscribe(), 120],
      [() => other.tab.kill(), 500],
      [own.accept],
      [() => own.write(block(connected, subscribed('job', 'a:1', true))), 20],
      [() => own.write(block(event('job', 2))), 20],
    ],
    ...scene,
  }
}
