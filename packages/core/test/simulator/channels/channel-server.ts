import { parsePosition } from '@steadystream/core/protocol'

import { createChannelLog } from '../channel-log.ts'

import type { ChannelLog } from '../channel-log.ts'
import type { Random } from '../../support/random.ts'
import type { World } from '../world.ts'
import type { ChannelFault, ChannelScenario } from './channel-scenario.ts'

export type Envelope = Readonly<Record<string, unknown>>

/** The server's side of a stream, a socket or a poll: `tell` writes what it is given at once. */
export interface Session {
  readonly id: string
  /** Positions that have been told, by label. */
  readonly follows: Map<string, string>
  tell(envelopes: readonly Envelope[]): void
  reset(): void
}

/** A server of many channels, which keeps a part of each and says honestly what it has not any more. */
export interface ChannelSimServer {
  readonly logs: ReadonlyMap<string, ChannelLog>
  readonly sessions: Map<string, Session>
  /** Ends of gaps that it has declared, as `label position`; with ` lost` for those who had come further. */
  readonly declared: ReadonlySet<string>
  isTroubled: boolean
  /** @returns the answer, where nothing shows it on the stream */
  perform(session: Session | undefined, command: Envelope): Envelope | undefined
  follow(session: Session, label: string, place: unknown): void
  publish(label: string): string
  restart(): void
  loseTails(): void
  onPublished: () => void
  /** Whether somebody has had what was lost at this time, or may get it yet, and has not been told. */
  isAhead: (label: string, lostAt: number) => boolean
}

/** For so long nothing is published to a channel that has lost its tail: some come with a place in what is lost. */
export const quietMs = 8000

export function createChannelServer(
  world: World,
  random: Random,
  scenario: ChannelScenario,
  hit: (fault: ChannelFault) => void,
): ChannelSimServer {
  const logs = new Map<string, ChannelLog>(
    scenario.labels.map((label) => [label, createChannelLog(scenario.historySize, 'positions', 'padding')]),
  )
  const sessions = new Map<string, Session>()
  const declared = new Set<string>()
  const published = new Set<unknown>()
  /** When a channel has lost its tail: nothing is published to it while a place could mean what is lost, or what came after. */
  const lostAt = new Map<string, number>()

  function follow(session: Session, label: string, place: unknown): void {
    const log = logs.get(label)
    if (!log) return session.tell([{ type: 'error', code: 'FORBIDDEN', message: 'no', channel: label }])
    session.follows.delete(label)
    if (server.isTroubled && random.chance(scenario.unavailable)) {
      hit('channel unavailable')
      return session.tell([{ type: 'error', code: 'UNAVAILABLE', message: 'not now', channel: label }])
    }
    const token = typeof place === 'string' && place !== 'start' ? place : undefined
    const start = place === 'start' ? log.top().replace(/\d+$/, '0') : (token ?? log.top())
    const at = parsePosition(start)
    const oldest = parsePosition(log.beforeOldest())
    const top = parsePosition(log.top())
    const isHonoured = at && at.epoch === top?.epoch && at.offset >= (oldest?.offset ?? 0) && at.offset <= top.offset
    const position = isHonoured ? start : log.beforeOldest()
    const rest = log.history().filter(({ offset }) => offset > (parsePosition(position)?.offset ?? 0))
    if (!isHonoured) declared.add(`${label} ${position}`)
    if (at && at.epoch === top?.epoch && at.offset > top.offset) declared.add(`${label} ${position} lost`)
    session.tell([
      { type: 'subscribed', channel: label, position, recovered: isHonoured ? (token ? true : undefined) : false },
      ...(isHonoured ? [] : [{ type: 'gap', channel: label, kind: 'lost', from: token, to: position }]),
      ...rest.map(({ id, data }) => ({
        type: 'event',
        channel: label,
        position: id,
        data: JSON.parse(data) as unknown,
      })),
    ])
    session.follows.set(label, log.top())
  }

  function cut(): void {
    for (const session of sessions.values()) session.reset()
    sessions.clear()
  }

  const server: ChannelSimServer = {
    logs,
    sessions,
    declared,
    isTroubled: true,
    onPublished: () => {},
    isAhead: () => false,
    follow,
    perform(session, command) {
      const { type, channel, id, channels } = command
      if (type === 'publish') {
        if (published.has(id)) world.fail(`publication ${String(id)} was sent twice`)
        published.add(id)
        const position = server.publish(String(channel))
        if (!position) return { type: 'error', code: 'UNAVAILABLE', message: 'not now', channel, id }
        return { type: 'published', channel, position, id }
      }
      if (type === 'subscribe' && session)
        for (const [label, place] of Object.entries(channels as object)) follow(session, label, place)
      if (type === 'unsubscribe' && session)
        for (const label of channels as string[]) {
          session.follows.delete(label)
          session.tell([{ type: 'unsubscribed', channel: label }])
        }
      return undefined
    },
    publish(label) {
      const since = lostAt.get(label)
      if (since !== undefined && (world.now() < since + quietMs || server.isAhead(label, since))) return ''
      lostAt.delete(label)
      const entry = logs.get(label)?.publish()
      if (!entry) return ''
      for (const session of sessions.values())
        if (session.follows.has(label))
          session.tell([{ type: 'event', channel: label, position: entry.id, data: JSON.parse(entry.data) as unknown }])
      server.onPublished()
      return entry.id
    },
    restart() {
      world.trace('server: restarts')
      cut()
      if (!scenario.losesHistory || !random.chance(0.5)) return
      hit('history gone')
      for (const log of logs.values()) log.forget()
    },
    loseTails() {
      world.trace('server: has lost what came last')
      hit('tail lost')
      cut()
      for (const [label, log] of logs) {
        log.loseTail(random.whole(1, 5))
        lostAt.set(label, world.now())
      }
    },
  }
  return server
}
