import { digest, randomUuid } from '../env.ts'
import { follow } from './follower.ts'
import { lead } from './leader.ts'
import { createRelayLog } from './relay-log.ts'
import { toldError } from './relay.ts'
import { joinGroup } from './tab-group.ts'

import type { TabApis } from '../env.ts'
import type { ChoiceHost, TransportChoice } from '../transport-choice.ts'
import type { Link, SendData, Transports } from '../transports/transport.ts'
import type { Message } from './relay.ts'
import type { TabGroup } from './tab-group.ts'
import type { RelayChannels } from './channel-relay.ts'
import type { TabRole } from './tab-role.ts'

/**
 * Stands between a stream and its transports. Each link of the stream is dialled by the tab that has the group's lock,
 * and followed by the others. The lock is held from the dial to the end of its link, so that whoever dials first after
 * a loss leads; it is kept through a dial that follows at once.
 */
export function createTabChoice(
  transports: Transports,
  key: string,
  apis: TabApis,
  relayChannels: RelayChannels | undefined,
  host: ChoiceHost,
): TransportChoice {
  const choose = transports.length > 1 ? transports.find((each) => each.choose)?.choose : undefined
  const isOwn = () => role?.leads !== false
  // Who follows learns nothing about transports, and looks for no better one.
  const inner = choose?.(transports, { ...host, status: () => (isOwn() ? host.status() : 'retrying') })
  const log = createRelayLog()
  const tabId = randomUuid()
  const name = digest(key)
  let links = 0
  let real = transports[0]
  let link: Link | undefined
  let role: TabRole | undefined
  let group: TabGroup | undefined
  /** Whether a link is on, or on its way. */
  let isWanted = false
  /** Whether the next dial waits for its time: when another tab dials, this one need not wait. */
  let isWaiting = false
  let heardTerm: string | undefined
  let hasNoGroup = false

  const redial = () => {
    if (link || isWaiting) host.redial('takeover')
  }

  function enter(hash: string, current: Link): void {
    if (link !== current) return
    try {
      if (!hasNoGroup) group ??= joinGroup(apis, hash, heard, granted, lost)
    } catch {
      hasNoGroup = true
    }
    if (!group) return real.connect(current)
    const { post, ask } = group
    const roleHost = { id: `${tabId}.${++links}`, link: current, real, log, post, redial, relayChannels }
    const start = () => {
      role?.end()
      role = lead(roleHost, leave)
    }
    ask()
    if (group.holdsLock) start()
    else
      role = follow({
        ...roleHost,
        term: heardTerm,
        lead: start,
        steal: () => ask(true),
        follows: host.follows,
      })
  }

  function heard(message: Message): void {
    if (role) return role.heard(message)
    const [kind] = message
    if (isWaiting && kind === 'lead') {
      redial()
      // For the link that has just begun, and is about to enter.
      heardTerm = message[1]
    } // It has the lock and waits for credentials.
    else if (kind === 'ping' && group?.holdsLock) group.post('lead', tabId)
  }

  const granted = (wasStolen: boolean) => role?.promote?.(wasStolen)

  function lost(error: unknown): void {
    // Not taken by another tab: this page may have none.
    hasNoGroup ||= Object(error).name !== 'AbortError'
    // First, as who follows says so to the group.
    redial()
    if (hasNoGroup) leave()
  }

  function leave(): void {
    group?.close()
    group = undefined
  }

  const shell = {
    get name() {
      return role?.transport ?? real.name
    },
    get url() {
      return real.url
    },
    isUnsafe: false,
    poolKey: undefined,
    get holdsBack() {
      return role && !role.isAlone ? false : real.holdsBack
    },
    send: (data: SendData) => (role ?? real).send?.(data) ?? 'refused',
    connect(next: Link) {
      link = next
      name.then(
        (hash) => enter(hash, next),
        () => link === next && real.connect(next),
      )
    },
  }
  return {
    get isFollower() {
      return !!role?.transport
    },
    take() {
      isWanted = true
      isWaiting = false
      real = inner?.take() ?? transports[0]
      return shell
    },
    opened: () => isOwn() && inner?.opened(),
    healthy: () => isOwn() && inner?.healthy(),
    // Who is behind dials himself, over a link that another tab has opened.
    failed: (error, wasOpen) => ((isOwn() || role?.isBehind) && inner?.failed(error, wasOpen && isOwn())) || 'retry',
    stop(error) {
      inner?.stop(error)
      role?.end()
      const term = role?.leads && `${tabId}.${links}`
      role = link = heardTerm = undefined
      isWanted = false
      isWaiting = !!error && host.status() === 'retrying'
      // The next dial may follow in this turn.
      queueMicrotask(() => {
        // The channels of this tab are forbidden, which says nothing of others'.
        const isOwnMatter = isWanted || (real.channels && error?.status === 403)
        if (term) group?.post('over', term, error && !isOwnMatter ? toldError(error) : undefined)
        if (isWanted) return
        if (isWaiting) group?.letGo()
        else leave()
      })
    },
  }
}
