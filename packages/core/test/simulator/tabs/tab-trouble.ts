import { refusal } from './simulate-tabs.ts'
import { retryDelayMs } from './tab-user.ts'

import type { TabStage } from './simulate-tabs.ts'
import type { TabFault } from './tab-scenario.ts'
import type { TabUser } from './tab-user.ts'

const mostTabs = 9

/** Does to tabs and server what is drawn, again and again. */
export function createTabTrouble(stage: TabStage, isTroubled: () => boolean): { heal(): void } {
  const { world, random, scenario, server, browser, users } = stage
  const thaws = new Set<() => void>()

  const alive = () => users.filter(({ tab, isOpen }) => tab.state === 'alive' && isOpen)
  const someone = (): TabUser | undefined => (alive().length ? random.pick(alive()) : undefined)
  const leader = () => alive().find(({ tab }) => tab === browser.holder)

  function later(thaw: () => void): void {
    const once = () => {
      if (thaws.delete(once)) thaw()
    }
    thaws.add(once)
    world.onServer(random.whole(100, 30_000), once)
  }

  function standStill(user: TabUser | undefined): void {
    user?.tab.freeze()
    if (user) later(() => user.tab.thaw())
  }

  function rest(user: TabUser | undefined, how: 'freeze' | 'pagehide'): void {
    if (!user) return
    user.page.rest(how)
    // What the page does about it comes to rest first.
    world.onServer(0, () => user.tab.freeze())
    later(() => {
      user.tab.thaw()
      user.page.wake(how)
    })
  }

  const acts: Record<TabFault, () => void> = {
    'tab opened': () => users.length < mostTabs && stage.open(),
    'tab closed'() {
      const user = someone()
      if (!user || alive().length < 2) return
      user.isOpen = false
      user.stream.close()
    },
    'tab killed': () => alive().length > 1 && someone()?.tab.kill(),
    'leader killed': () => alive().length > 1 && leader()?.tab.kill(),
    'leader stands still': () => standStill(leader()),
    'tab stands still': () => standStill(someone()),
    'leader frozen': () => rest(leader(), 'freeze'),
    'tab frozen': () => rest(someone(), 'freeze'),
    'leader cached': () => rest(leader(), 'pagehide'),
    'tab cached': () => rest(someone(), 'pagehide'),
    'stream restarted'() {
      const user = someone()
      if (!user) return
      user.stream.close()
      user.notBefore = 0
      user.ledger.restarted()
      user.page.within(() => user.stream.start())
    },
    'stream redialled'() {
      const user = someone()
      if (user) user.notBefore = 0
      user?.stream.reconnect()
    },
    'links cut'() {
      if (server.open) stage.rules.refused(retryDelayMs)
      server.cut()
    },
    'links muted': () => server.mute(),
    'server refuses'() {
      const retryAfterMs = random.pick([0, 3000])
      server.refuse(() => {
        // A tab that asks for what it missed, beside a link that is open, waits alone.
        if (server.open === 1) stage.rules.refused(Math.max(retryAfterMs, retryDelayMs))
        return refusal(retryAfterMs)
      })
      later(() => server.refuse(undefined))
    },
    'history forgotten': () => server.forget(random.whole(0, 10)),
    'best transport blocked'() {
      server.block('best')
      server.cut()
      if (!scenario.isBlockedForGood) later(() => server.block(undefined))
    },
  }

  function strike(): void {
    if (!isTroubled()) return
    const fault = random.pick(scenario.faults)
    world.trace(fault)
    stage.counts[fault] = (stage.counts[fault] ?? 0) + 1
    acts[fault]()
    world.onServer(random.whole(1, 2 * scenario.faultEveryMs), strike)
  }
  world.onServer(random.whole(2000, 5000), strike)

  return {
    heal() {
      for (const thaw of thaws) thaw()
    },
  }
}
