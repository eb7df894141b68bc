import { createStream, createStreamManager, shareAcrossTabs } from '@steadystream/core'

import { createTabLedger } from './tab-ledger.ts'
import { createTabPage } from './tab-page.ts'

import type { Stream, StreamManager } from '@steadystream/core'
import type { NumbersServer } from '../../support/numbers-server.ts'
import type { PlayedTab } from '../../support/tab-world.ts'
import type { World } from '../world.ts'
import type { TabLedger } from './tab-ledger.ts'
import type { TabPage } from './tab-page.ts'

/** A tab with one stream, and the account that is kept of it. */
export interface TabUser {
  readonly tab: PlayedTab
  readonly page: TabPage
  readonly stream: Stream<number>
  readonly manager: StreamManager
  readonly ledger: TabLedger
  readonly openedAt: number
  isOpen: boolean
  /** Until when it must not dial, after a failure that it was told. */
  notBefore: number
}

export interface TabUserOptions {
  readonly fromStart: boolean
  readonly isSlow: boolean
  /** The best first. */
  readonly transports: readonly string[]
  /** Told of each connection. */
  readonly connected: (transport: string) => void
}

/** The shortest wait after a link that was lost. */
export const retryDelayMs = 500

export function openTabUser(
  world: World,
  server: NumbersServer,
  tab: PlayedTab,
  { fromStart, isSlow, transports, connected }: TabUserOptions,
): TabUser {
  const page = createTabPage(tab)
  const manager = createStreamManager()
  const fail = (message: string) => world.fail(`${tab.name}: ${message}`)
  const ledger = createTabLedger(server, fromStart, fail)
  const say = (line: string) => world.trace(`${tab.name} ${line}`)
  const user: TabUser = {
    tab,
    page,
    manager,
    ledger,
    openedAt: world.now(),
    isOpen: true,
    notBefore: 0,
    stream: createStream<number>({
      transports: transports.map((name) => server.transport(tab, name)),
      tabs: shareAcrossTabs({ identity: 'ann', ...tab.apis }),
      clock: tab.clock,
      manager,
      autoStart: false,
      retryDelay: retryDelayMs,
      maxRetryDelay: 5000,
      maxBufferedEvents: isSlow ? 8 : 1000,
      linger: 0,
      ...(fromStart && { from: 'start' as const }),
      onData(number) {
        if (!user.isOpen) fail(`got #${number} after it was closed`)
        ledger.number(number)
        return isSlow ? new Promise<void>((resolve) => void tab.clock.after(120, resolve)) : undefined
      },
      onGap(gap) {
        say(`gap ${gap.from}..${gap.to}`)
        ledger.gap(gap)
      },
      onError({ code, willRetry, retryAfterMs = 0 }) {
        say(`error ${code}`)
        // Another transport is tried at once.
        if (willRetry && transports.length === 1) user.notBefore = world.now() + Math.max(retryAfterMs, retryDelayMs)
      },
      onStateChange({ state, reason, transport }) {
        say(`${state} ${reason} ${transport}`)
        ledger.changed(state, user.stream.lastEventId !== '')
        if (state === 'connected') connected(transport)
        // Another tab dials, or did, or it was long ago: this one need not wait.
        if (reason === 'takeover' || reason === 'resumed') user.notBefore = 0
      },
    }),
  }
  page.within(() => user.stream.start())
  return user
}
