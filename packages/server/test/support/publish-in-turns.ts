import { laterTurn } from './lagging-backplane.ts'

import type { Channel, Realtime } from '../../src/index.ts'

/** Publishes the numbers from 1 to `count`, twenty in a turn, and then completes the channel. */
export async function publishInTurns(realtime: Realtime, channel: Channel, count: number): Promise<void> {
  for (let published = 0; published < count;) {
    for (let i = 0; i < 20; i++) void realtime.publish(channel, ++published)
    await laterTurn()
  }
  await realtime.complete(channel)
}
