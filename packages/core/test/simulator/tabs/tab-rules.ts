import type { NumbersServer } from '../../support/numbers-server.ts'
import type { PlayedTab, TabWorld } from '../../support/tab-world.ts'
import type { World } from '../world.ts'
import type { TabFault, TabScenario } from './tab-scenario.ts'
import type { TabUser } from './tab-user.ts'

/** What holds for all tabs together, whatever each of them thinks. */
export interface TabRules {
  /** The server ended or refused a link: nobody who was there dials sooner than this. */
  refused(waitMs: number): void
  dialled(user: TabUser): void
  /** Looks whether everybody is up to date. */
  check(users: readonly TabUser[]): void
}

/** Faults that leave the server as it is: then nobody who is awake may fall behind by more than it takes to notice them. */
const ofTabs: readonly TabFault[] = [
  'tab opened',
  'tab closed',
  'tab killed',
  'leader killed',
  'leader stands still',
  'tab stands still',
  'leader frozen',
  'tab frozen',
  'leader cached',
  'tab cached',
]
/** Faults after which nobody has a reason of his own to dial. */
const ofServer: readonly TabFault[] = ['links cut', 'server refuses', 'history forgotten']
const longestLagMs = 16_000
/** From the server to the tab that has the connection. */
const newsMs = 2

export function createTabRules(
  world: World,
  server: NumbersServer,
  browser: TabWorld,
  { faults, slow, transports, messageMs }: TabScenario,
): TabRules {
  const checksLag = faults.every((fault) => ofTabs.includes(fault)) && !slow.includes(true)
  const checksWait =
    faults.every((fault) => ofServer.includes(fault)) && !slow.includes(true) && transports.length === 1
  const published: { readonly at: number; readonly top: number }[] = []
  const awakeSince = new Map<TabUser, number>()
  let refusedAt = 0
  let waitUntil = 0
  /** The last leader that stopped, and when that was seen: the others have to notice first. */
  let stopped: PlayedTab | undefined
  let stoppedAt = -Infinity

  return {
    refused(waitMs) {
      refusedAt = world.now()
      waitUntil = Math.max(waitUntil, world.now() + waitMs)
    },
    dialled({ tab, stream, openedAt, notBefore }) {
      // Who was not there dials, and makes room for all.
      if (openedAt >= refusedAt) waitUntil = 0
      // Whose own wait ends before the news reaches him cannot heed it. Beside an open link, a tab asks for what it missed:
      // also where it has not heard that the link is gone.
      const knowsNothing = notBefore || stream.state === 'connected'
      const mayKnow = !knowsNothing || world.now() > refusedAt + messageMs + newsMs
      if (checksWait && mayKnow && !server.open && world.now() < waitUntil)
        world.fail(`${tab.name} dials although all are to wait until ${waitUntil} ms`)
    },
    check(users) {
      const now = world.now()
      published.push({ at: now, top: server.top })
      while (published[1] && published[1].at <= now - longestLagMs) published.shift()
      const { holder } = browser
      const isLed = users.some(({ tab, isOpen }) => tab === holder && tab.state === 'alive' && isOpen)
      if (holder && !isLed && stopped !== holder) stoppedAt = now
      stopped = isLed ? undefined : holder
      for (const user of users) {
        if (user.tab.state !== 'alive' || !user.isOpen) awakeSince.delete(user)
        else if (!awakeSince.has(user)) awakeSince.set(user, now)
        const isRested = now - Math.max(awakeSince.get(user) ?? now, stoppedAt) > longestLagMs
        const { at = now, top = 0 } = published[0] ?? {}
        if (checksLag && isRested && now - at >= longestLagMs && (user.ledger.last ?? top) < top)
          world.fail(`${user.tab.name} is at #${user.ledger.last}, and #${top} was published at ${at} ms`)
      }
    },
  }
}
