import { pass, tap } from './relay.ts'

import type { ReceivedEvent } from '../resume.ts'
import type { Call } from './relay.ts'
import type { Commands } from './channel-relay.ts'
import type { RoleHost, TabRole } from './tab-role.ts'

const greetingType = 'steadystream.connected'
/** A plain server, which has no channels, does not introduce itself: after so long nobody waits for it. */
const introductionMs = 3000

/** Where a tab is that has to be told what it misses. */
type Place = readonly [lastEventId: string, fromStart: boolean]

/**
 * Dials, and hands on what comes. Each newcomer is placed first, once the server has introduced itself: it gets what it
 * misses, and from then on what all get.
 * @param resign leaves the group: another tab came while the link waits for this one's consumer
 */
export function lead({ id: term, link, real, log, post, relayChannels }: RoleHost, resign: () => void): TabRole {
  /** With the place of those that have not been placed. */
  const members = new Map<string, Place | undefined>()
  let queue: Call[] = []
  /** What a newcomer is told of the link itself. */
  let about: Call[] = []
  let isIntroduced = false
  let isHeldBack = false
  let isOver = false
  let greeting: string | undefined
  let cancel: (() => void) | undefined
  const own = real.channels?.(link)
  const relay = own && relayChannels?.(own, say, link.failed)

  function flush(bytes: number): void {
    if (members.size && !isOver) post('tell', term, '', queue, bytes)
    queue = []
  }

  /** Tells one tab, or all others, what is said of channels. */
  function say(to: string, envelope: object): void {
    const call: Call = ['take', envelope]
    if (!to) {
      queue.push(call)
      // What answers a request is followed by no bytes.
      return queueMicrotask(() => flush(0))
    }
    flush(0)
    if (!isOver) post('tell', term, to, [call], 0)
  }

  function introduce(): void {
    if (isIntroduced) return
    isIntroduced = true
    flush(0)
    for (const [id, place] of members) put(id, place)
  }

  function put(id: string, [lastEventId, fromStart]: Place = ['', false]): void {
    members.set(id, undefined)
    const missed = relay ? [] : lastEventId ? log.after(lastEventId) : fromStart ? undefined : []
    const here = (!relay && !lastEventId && log.last) || undefined
    const start: Call[] = [...about, ['placed']]
    if (!missed) start.push(['behind', log.last])
    else if (greeting !== undefined) start.push(['event', { id: here, type: greetingType, data: greeting }])
    else if (here) start.push(['moved', here])
    post('tell', term, id, [...start, ...(missed ?? [])], 0)
  }

  const tapped = tap(link, (call) => {
    if (isOver) return
    const [name, what] = call
    const { type, id, data } = Object(what) as Partial<ReceivedEvent>
    const isGreeting = type === greetingType && !isIntroduced
    if (isGreeting) {
      greeting = data
      // A jump, if it is not where the log ends.
      if (!log.last) log.begin(id ?? '')
      else if (id && id !== log.last) log.record(['moved', id])
    } else if (/^(event|moved|oversized)$/.test(name)) introduce()
    pass(link, call)
    if (name === 'bytes') return flush(what as number)
    if (isGreeting) return introduce()
    // What these come to is told when this tab's stream has decided it.
    if (name === 'failed' || type === 'steadystream.close') return
    if (name === 'opened' && !relay) cancel = link.clock.after(introductionMs, introduce)
    const told: Call = name === 'opened' ? [name, real.name] : call
    if (/^(opened|retry)$/.test(name)) about = [...about, told]
    log.record(call)
    queue.push(told)
    if (name.endsWith('ed')) flush(0)
  })

  log.begin(link.lastEventId)
  post('lead', term)
  real.connect({
    ...tapped,
    ...(relay && { channels: () => relay.side }),
    ready() {
      const room = members.size ? undefined : link.ready()
      isHeldBack = !!room
      void room?.then(() => (isHeldBack = false))
      return room
    },
  })

  return {
    leads: true,
    get isAlone() {
      return !members.size
    },
    heard([kind, id, lastEventId, fromStart]) {
      if (kind === 'ping') post('lead', term)
      else if (kind === 'send') {
        // What another tab sends is checked by the server. Commands that it gave to a leader before, who may have placed it
        // when this one was dialling, it gives again.
        if (!relay) real.send?.(id as string)
        else if (isIntroduced && members.has(lastEventId)) void relay.take(lastEventId, id as Commands)
      } else if (kind === 'leave') {
        members.delete(id)
        relay?.leave(id)
      } else if (kind === 'join' && !members.has(id)) {
        if (isHeldBack) return resign()
        flush(0)
        const place = [lastEventId, fromStart] as const
        members.set(id, place)
        // In one message: who leaves between two would have been connected, and know no place to come back to.
        if (isIntroduced) put(id, place)
        else post('tell', term, id, about, 0)
      }
    },
    send: (data) => real.send?.(data) ?? 'refused',
    end() {
      cancel?.()
      flush(0)
      isOver = true
    },
  }
}
