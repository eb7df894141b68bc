import { StreamError } from '../../src/index.ts'
import { chooseTransport } from '../../src/transport-choice.ts'

import type { Clock, Link, TransportFactory } from '../../src/index.ts'
import type { PlayedTab } from './tab-world.ts'

/** By what a server tells its events apart: a plain one replays what comes after an ID, or knows of nothing. */
export type NumbersSpeech = 'positions' | 'ids' | 'nothing'

/** A server of one channel; its events are numbers, and so are their offsets or IDs. */
export interface NumbersServer {
  readonly speaks: NumbersSpeech
  /** The transport over which a tab reaches it. */
  transport(tab: PlayedTab, name?: string): TransportFactory
  publish(count?: number): void
  complete(): void
  readonly isComplete: boolean
  /** Ends every link, as a proxy does. */
  cut(): void
  /** Says nothing more on the links that there are. */
  mute(): void
  /** Gaps that it has declared: `e:2..e:6`. */
  readonly gaps: ReadonlySet<string>
  /** Told of each dial. */
  onDial?: (tab: PlayedTab) => void
  /** Forgets all but so many events. */
  forget(kept: number): void
  /** What it answers to dials; `undefined` lets them in. */
  refuse(answer: (() => StreamError | undefined) | undefined): void
  /** Keeps a transport of this name from it, or none. */
  block(name: string | undefined): void
  /** Tells every link this. */
  say(type: string, message: object): void
  /** Links that are open, and what was dialled: `tab after e:5`. */
  readonly open: number
  readonly mostOpen: number
  readonly dials: readonly string[]
  readonly dialTimes: readonly number[]
  readonly top: number
}

interface Session {
  readonly tab: PlayedTab
  readonly link: Link
  isOver: boolean
  /** Whether it gets what is published. */
  isIn: boolean
}

/** @param delay milliseconds of a way to or from it */
export function createNumbersServer(
  clock: Clock,
  delay: () => number = () => 1,
  speaks: NumbersSpeech = 'positions',
): NumbersServer {
  const sessions = new Set<Session>()
  const dials: string[] = []
  const dialTimes: number[] = []
  let top = 0
  let oldest = 1
  let isComplete = false
  let mostOpen = 0
  let blocked: string | undefined
  let refusal: (() => StreamError | undefined) | undefined
  const gaps = new Set<string>()

  function end(session: Session): void {
    session.isOver = true
    sessions.delete(session)
  }

  /** Later, as it takes a while, and in order. */
  function tell(session: Session, act: (link: Link) => void): void {
    const { tab, link } = session
    clock.after(1, () =>
      tab.run(() => {
        if (!link.signal.aborted) act(link)
      }),
    )
  }

  const idOf = (offset: number) => (speaks === 'nothing' ? undefined : `${speaks === 'ids' ? 'x' : 'e:'}${offset}`)
  const event = (offset: number) => ({ id: idOf(offset), type: 'message', data: String(offset) })
  const control = (link: Link, type: string, message: object, id?: string) =>
    link.event({ id, type: `steadystream.${type}`, data: JSON.stringify(message) })

  function finish(session: Session): void {
    tell(session, (link) => {
      control(link, 'complete', {}, `e:${top}`)
      link.bytes(20)
      link.ended()
    })
    end(session)
  }

  function accept(session: Session): void {
    const { lastEventId, fromStart } = session.link
    session.isIn = true
    const [, known] = /^(?:e:|x)(\d+)$/.exec(lastEventId) ?? []
    const from = known !== undefined ? Number(known) : fromStart ? 0 : undefined
    if (lastEventId === `e:${top}` && isComplete) {
      tell(session, (link) => link.completed())
      return end(session)
    }
    const isHonoured = speaks !== 'positions' || from === undefined || (from >= oldest - 1 && from <= top)
    const start = (isHonoured ? from : oldest - 1) ?? top
    const last = top
    if (!isHonoured) gaps.add(`${lastEventId || undefined}..e:${start}`)
    tell(session, (link) => {
      link.opened()
      link.comment('connected')
      const greeting = { heartbeatInterval: 15_000 }
      if (speaks === 'positions') control(link, 'connected', greeting, isHonoured ? `e:${start}` : undefined)
      if (!isHonoured) control(link, 'gap', { kind: 'lost' }, `e:${start}`)
      for (let offset = start + 1; offset <= last; offset++) link.event(event(offset))
      link.bytes(100)
    })
    if (isComplete) finish(session)
  }

  function dial(tab: PlayedTab, link: Link, name: string): void {
    if (!link.isProbe) noteDial(tab, link)
    const session: Session = { tab, link, isOver: false, isIn: false }
    sessions.add(session)
    mostOpen = Math.max(mostOpen, sessions.size)
    link.signal.addEventListener('abort', () => end(session))
    clock.after(delay(), () => {
      if (session.isOver) return
      const error = name === blocked ? new StreamError('NETWORK', 'blocked') : refusal?.()
      if (!error) return accept(session)
      tell(session, (each) => each.failed(error))
      end(session)
    })
  }

  function noteDial(tab: PlayedTab, link: Link): void {
    dials.push(`${tab.name} after ${link.lastEventId || (link.fromStart ? 'start' : 'now')}`)
    dialTimes.push(clock.now())
    server.onDial?.(tab)
  }

  // A keep-alive, which also finds tabs that have died.
  const beat = () => {
    clock.after(5000, () => {
      for (const session of sessions) {
        if (session.tab.state === 'dead') end(session)
        else
          tell(session, (link) => {
            link.comment('keep-alive')
            link.bytes(10)
          })
      }
      beat()
    })
  }
  beat()

  const server: NumbersServer = {
    speaks,
    transport:
      (tab, name = 'numbers') =>
      () => ({
        name,
        url: 'https://numbers.test/',
        isUnsafe: false,
        facts: ['https://numbers.test/?channel=n', 'omit', []],
        poolKey: undefined,
        choose: chooseTransport,
        connect: (link) => dial(tab, link, name),
      }),
    publish(count = 1) {
      const first = top + 1
      top += count
      for (const session of sessions)
        if (session.isIn)
          tell(session, (link) => {
            for (let offset = first; offset < first + count; offset++) link.event(event(offset))
            link.bytes(count)
          })
    },
    get isComplete() {
      return isComplete
    },
    complete() {
      isComplete = true
      for (const session of [...sessions]) if (session.isIn) finish(session)
    },
    cut() {
      for (const session of [...sessions]) {
        tell(session, (link) => link.failed(new StreamError('NETWORK', 'cut')))
        end(session)
      }
    },
    mute() {
      for (const session of [...sessions]) end(session)
    },
    gaps,
    forget(kept) {
      oldest = Math.max(oldest, top - kept + 1)
    },
    refuse(answer) {
      refusal = answer
    },
    block(name) {
      blocked = name
    },
    say(type, message) {
      for (const session of sessions) tell(session, (link) => control(link, type, message))
    },
    get open() {
      return [...sessions].filter(({ tab }) => tab.state !== 'dead').length
    },
    get mostOpen() {
      return mostOpen
    },
    dials,
    dialTimes,
    get top() {
      return top
    },
  }
  return server
}
