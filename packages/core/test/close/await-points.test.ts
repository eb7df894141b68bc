import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { processWide } from '../../src/env.ts'
import { awaitPoints } from './await-points.ts'
import { channelPollScene, channelSocketScene, channelStreamScene } from './channel-scenes.ts'
import { closeEverywhere } from './close-everywhere.ts'
import { fallbackScene } from './fallback-scene.ts'
import { itemsScene, pollScene } from './polling-scenes.ts'
import { schemaScene } from './schema-scene.ts'
import { iteratedScene, lingeringScene, sseScene } from './sse-scenes.ts'
import { storeScene } from './store-scene.ts'
import { followingChannelsScene, followingTabScene, leadingChannelsScene, leadingTabScene } from './tab-scenes.ts'
import { webSocketScene } from './websocket-scenes.ts'
import { beginLife } from './world.ts'

import type { ManualClock } from '../../src/testing/index.ts'
import type { Scene } from './world.ts'

const rejections: unknown[] = []
const note = (reason: unknown) => void rejections.push(reason)
const reached = new Set<string>()

beforeEach(() => {
  rejections.length = 0
  process.on('unhandledRejection', note)
})
afterEach(() => {
  process.off('unhandledRejection', note)
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('close() leaves nothing, wherever it comes, in the life of', () => {
  const scenes: readonly (readonly [string, (clock: ManualClock) => Scene])[] = [
    ['an event stream', () => sseScene(true)],
    ['an event stream whose fetch heeds no signal', () => sseScene(false)],
    ['an answer that is read in a loop', () => iteratedScene(true)],
    ['an event stream that lingers', lingeringScene],
    ['polls of our endpoint', () => pollScene(true)],
    ['polls of our endpoint whose fetch heeds no signal', () => pollScene(false)],
    ['polls of any endpoint', () => itemsScene(true)],
    ['a WebSocket', webSocketScene],
    ['a stream that falls back, and is upgraded', fallbackScene],
    ['data that a schema looks at', schemaScene],
    ['a store', storeScene],
    ['channels over an event stream', channelStreamScene],
    ['channels over a WebSocket', channelSocketScene],
    ['channels over polls', channelPollScene],
    ['a tab that leads, and then follows', leadingTabScene],
    ['a tab that follows, and then leads', followingTabScene],
    ['a tab that leads channels', leadingChannelsScene],
    ['a tab that follows channels, and then leads', followingChannelsScene],
  ]

  test.each(scenes)('%s', { timeout: 60_000 }, async (_, make) => {
    const places = await closeEverywhere((step) => {
      processWide('transports', () => new Map()).clear()
      processWide('stores', () => new Map()).clear()
      return beginLife(make, step)
    })
    for (const place of places) reached.add(place)
    await new Promise(setImmediate)
    expect(rejections).toEqual([])
  })
})

test('among the places where it came is every one at which this package waits for something', () => {
  const missed = awaitPoints().filter(({ includes }) => ![...reached].some(includes))
  expect(missed.map(({ name }) => name)).toEqual([])
})
