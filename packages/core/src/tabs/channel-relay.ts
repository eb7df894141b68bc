import { StreamError, refusalOf } from '../errors.ts'
import { parsePosition } from '../protocol/position.ts'

import type { ClientEnvelope } from '../protocol/envelope.ts'
import type { ChannelSide } from '../transports/transport.ts'

type Place = string | null
type Fields = Readonly<Record<string, unknown>>
export type Commands = readonly ClientEnvelope[]
type Give = (commands: Commands) => Promise<unknown> | undefined

/** Asked to be followed no more. */
const leaving = 0

interface Followed {
  readonly users: Set<string>
  /** What the server has been asked, by whom, and has not answered; others wait for that. */
  asked?: Place | typeof leaving | undefined
  askers: readonly string[]
  waiting: (readonly [from: string, place: Place])[]
  /** Where the link is, and the furthest that it has been: it goes back for who needs what is older. */
  cursor?: string | undefined
  top?: string | undefined
}

/** The channels of all tabs, over the link of the one that leads. */
export interface ChannelRelay {
  readonly side: ChannelSide
  /** Takes commands of a tab (`''`: of this one). */
  take(from: string, commands: Commands): Promise<unknown> | undefined
  /** A tab has gone. */
  leave(from: string): void
}

/** Passed in by who shares channels, so that nobody else ships it. */
export type RelayChannels = typeof createChannelRelay

/** Whether a link that is at `cursor` will bring everything after `place`. */
function isAhead(place: string | undefined, cursor: string | undefined): boolean {
  const a = parsePosition(place ?? '')
  const b = parsePosition(cursor ?? '')
  return !!a && !!b && a.epoch === b.epoch && a.offset >= b.offset
}

/**
 * Follows each channel once for all tabs. A tab that wants nothing which the link has gone past is answered at once; for
 * one that does, the channel is begun again further back, and the others drop what they have had.
 * @param tell tells one other tab, or all others (`''`)
 * @param failed has all begin anew, each from its own place, after the backoff delay
 */
export function createChannelRelay(
  own: ChannelSide,
  tell: (to: string, envelope: object) => void,
  failed: (error: StreamError) => void,
): ChannelRelay {
  const channels = new Map<string, Followed>()
  let give: Give | undefined
  let isBegun = false

  function say(to: string | undefined, envelope: object): void {
    if (!to) own.take(envelope)
    if (to !== '') tell(to ?? '', envelope)
  }

  /** What one command met does not say that the transport cannot be used, nor that the next link would fail. */
  function fail({ code, message, retryAfterMs }: StreamError): void {
    failed(new StreamError(code, message, { retryAfterMs }))
  }

  /** Sends what is to be asked, all at once. */
  function ask(due: Record<string, Place>, left: readonly string[] = []): void {
    const commands: ClientEnvelope[] = []
    if (left.length) commands.push({ type: 'unsubscribe', channels: left })
    if (Object.keys(due).length) commands.push({ type: 'subscribe', channels: due })
    if (commands.length) give?.(commands)?.catch(fail)
  }

  /** @returns what the server has to be asked for it */
  function want(from: string, label: string, place: Place): Record<string, Place> {
    const channel = channels.get(label) ?? { users: new Set(), askers: [], waiting: [] }
    channels.set(label, channel)
    channel.users.add(from)
    const start = place ?? channel.top
    if (channel.asked !== undefined) channel.waiting.push([from, place])
    // What lies beyond the furthest place, the server may have lost: it is asked.
    else if (isAhead(start, channel.cursor) && isAhead(channel.top, start))
      say(from, { type: 'subscribed', channel: label, position: start, ...(place && { recovered: true }) })
    else {
      channel.asked = place
      channel.askers = [from]
      return { [label]: place }
    }
    return {}
  }

  /** The server has answered: the next may be asked. */
  function settle(label: string, channel: Followed): void {
    const { waiting } = channel
    channel.asked = undefined
    channel.waiting = []
    if (!channel.cursor) channels.delete(label)
    // Some have gone meanwhile.
    const due = waiting.map(([from, place]) => (channel.users.has(from) ? want(from, label, place) : {}))
    ask(Object.assign({}, ...due) as Record<string, Place>, drop(label))
  }

  /** @returns the channel, if nobody follows it any more */
  function drop(label: string): string[] {
    const channel = channels.get(label)
    if (!channel || channel.users.size || channel.asked !== undefined) return []
    channel.asked = leaving
    return [label]
  }

  function hear(envelope: Fields): void {
    const { type, channel: name, position, to = position, id, code, from } = envelope
    const place = String(to)
    const label = name as string // There is nothing under what is none.
    const channel = channels.get(label)
    if (id !== undefined) return say(undefined, envelope)
    if (!channel) return
    const { asked, askers, cursor, top } = channel
    const isAnswer =
      asked !== undefined && (type === 'error' || type === (asked === leaving ? 'unsubscribed' : 'subscribed'))
    // A poll could not serve what is followed, or does again: who has just asked must not take it for his answer.
    if (!isAnswer && (type === 'subscribed' || (type === 'error' && refusalOf(envelope).retryable))) return
    if (type === 'event' || type === 'gap' || type === 'complete' || type === 'subscribed') {
      // Until the link is back where the others are, it brings nothing that they could take.
      if (cursor && asked === cursor && !isAnswer) return
      // The server may have lost what came last, and give the same offsets anew.
      if (isAhead(String(from), place) || !isAhead(top, place)) channel.top = place
      // It has gone past what others need, for one who was ahead of it: it is led back.
      if (isAnswer && cursor && asked !== cursor && !isAhead(cursor, place)) {
        for (const each of askers) say(each, envelope)
        channel.asked = cursor
        channel.askers = []
        return ask({ [label]: cursor })
      }
      channel.cursor = place
    }
    if (type === 'complete' || type === 'unsubscribed' || (type === 'error' && !isAnswer)) channel.cursor = undefined
    // Who asks anew is followed no more where that is refused: all others ask again, each from its own place. So they do
    // where a channel could not be left, as too much had been asked.
    if (isAnswer && type === 'error') {
      if (cursor) return fail(refusalOf(envelope))
      for (const each of askers) channel.users.delete(each)
    }
    if (!isAnswer) say(undefined, envelope)
    else if (asked !== leaving) for (const each of askers) say(each, envelope)
    if (isAnswer) settle(label, channel)
    // What ends may cross a question, which is answered all the same.
    else if (!channel.cursor && (asked === undefined || code !== undefined)) channels.delete(label)
  }

  function take(from: string, commands: Commands): Promise<unknown> | undefined {
    const due: Record<string, Place> = {}
    const left: string[] = []
    const published = commands.filter(({ type }) => type === 'publish')
    for (const command of commands) {
      if (command.type === 'subscribe' && 'channels' in command)
        for (const [label, place] of Object.entries(command.channels)) Object.assign(due, want(from, label, place))
      if (command.type === 'unsubscribe' && 'channels' in command)
        for (const label of command.channels) {
          channels.get(label)?.users.delete(from)
          say(from, { type: 'unsubscribed', channel: label })
          left.push(...drop(label))
        }
    }
    ask(due, left)
    const sent = published.length ? give?.(published) : undefined
    if (!from) return sent
    sent?.catch(() => {
      const error = { type: 'error', code: 'UNCONFIRMED', message: 'nobody knows whether the server got it' }
      for (const command of published) say(from, { ...command, ...error })
    })
    return undefined
  }

  return {
    side: {
      asked() {
        if (!isBegun) for (const [label, place] of Object.entries(own.asked())) want('', label, place)
        isBegun = true
        const places: Record<string, Place> = {}
        for (const [label, { asked, cursor }] of channels) {
          const place = asked === undefined ? cursor : asked
          if (place !== undefined && place !== leaving) places[label] = place
        }
        return places
      },
      take(frame) {
        // Whatever it is, who takes it checks its fields.
        for (const each of [frame].flat()) hear(Object(each) as Fields)
      },
      opened(sender) {
        give = sender
        own.opened((commands) => take('', commands))
      },
    },
    take,
    leave(from) {
      ask(
        {},
        [...channels].flatMap(([label, { users }]) => (users.delete(from) ? drop(label) : [])),
      )
    },
  }
}
