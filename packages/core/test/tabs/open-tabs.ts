import { createHash } from 'node:crypto'
import { onTestFinished, vi } from 'vitest'

import { createStream, createStreamManager, shareAcrossTabs } from '../../src/index.ts'
import { createManualClock } from '../../src/testing/index.ts'
import { describeGap } from '../support/open-scripted.ts'
import { createNumbersServer } from '../support/numbers-server.ts'
import { createTabWorld } from '../support/tab-world.ts'

import type { Stream, StreamManager, StreamOptions } from '../../src/index.ts'
import type { ManualClock } from '../../src/testing/index.ts'
import type { NumbersServer, NumbersSpeech } from '../support/numbers-server.ts'
import type { PlayedTab, TabWorld } from '../support/tab-world.ts'

export interface OpenedTab {
  readonly tab: PlayedTab
  readonly stream: Stream<number>
  readonly manager: StreamManager
  /** `connected opened by numbers`, `error NETWORK retried`, `gap …`, in order; not the data. */
  readonly log: string[]
  /** The data, in order. */
  readonly numbers: number[]
}

export interface Tabs {
  readonly clock: ManualClock
  readonly world: TabWorld
  readonly server: NumbersServer
  /** @param transports their names, the best first */
  open(name: string, config?: Partial<StreamOptions<number>>, transports?: readonly string[]): OpenedTab
}

export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n)

const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest()).buffer

/** A server and the tabs of one browser, on a clock that is moved by hand. They are gone with the test. */
export function openTabs(speaks?: NumbersSpeech): Tabs {
  const clock = createManualClock()
  // The runtime's takes a turn of another thread, which no clock knows of.
  const subtle = vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (_, data) => sha256(data as Uint8Array))
  onTestFinished(() => subtle.mockRestore())
  const world = createTabWorld(clock)
  const server = createNumbersServer(clock, undefined, speaks)
  return {
    clock,
    world,
    server,
    open(name, config = {}, transports = ['numbers']) {
      const tab = world.open(name)
      const manager = createStreamManager()
      const log: string[] = []
      const numbers: number[] = []
      const stream = createStream<number>({
        transports: transports.map((each) => server.transport(tab, each)),
        tabs: shareAcrossTabs({ identity: 'ann', ...tab.apis }),
        clock: tab.clock,
        manager,
        jitter: 0,
        onData: (data) => void numbers.push(data),
        onGap: (gap) => void log.push(`gap ${describeGap(gap)}`),
        onError: ({ code, willRetry }) => void log.push(`error ${code} ${willRetry ? 'retried' : 'final'}`),
        onComplete: () => void log.push('complete'),
        onStateChange: ({ state, reason }) => void log.push(`${state} ${reason}`),
        ...config,
      })
      onTestFinished(() => manager.cleanupAll())
      return { tab, stream, manager, log, numbers }
    },
  }
}
