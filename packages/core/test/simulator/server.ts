import { closeBlock, commentBlock, completeBlock, connectedBlock, eventBlock, gapBlock, retryLine } from './blocks.ts'

import type { Block } from './blocks.ts'
import type { ChannelLog } from './channel-log.ts'
import type { Random } from '../support/random.ts'
import type { World } from './world.ts'

/** The server's end of one link. */
export interface ServerEnd {
  readonly lastEventId: string
  readonly fromStart: boolean
  respond(status: number, headers?: Record<string, string>): void
  write(block: Block): void
  end(): void
  reset(): void
  /** Bytes that the client has not taken yet. */
  backlog(): number
  /** Called once when the server learns that the client has gone. */
  onGone: (() => void) | undefined
}

export interface ServerOptions {
  readonly profile: 'positions' | 'replay' | 'replay-all' | 'no-ids'
  /** How a hole shows to a client that speaks positions: said, implied by the greeting, or by the next offset alone. */
  readonly gapStyle: 'event' | 'greeting' | 'silent'
  /** Events before the asked-for place that come again. */
  readonly overlap: number
  /** Milliseconds between keep-alive comments; 0 for none. */
  readonly heartbeatMs: number
  /** `retry:` values that it sends now and then. */
  readonly retryHints: readonly number[]
  readonly maxBacklog: number
}

export interface SimulatedServer {
  accept(end: ServerEnd): void
  readonly isUp: boolean
  publish(): void
  complete(): void
  /** Asks every client to go and come back later. */
  drain(retryMs: number | undefined): void
  restart(downMs: number, keepsHistory: boolean): void
  sessions(): number
  /** Every range that could not be supplied when it was asked for, as `from>to`. */
  readonly honestGaps: ReadonlySet<string>
}

interface Session {
  readonly end: ServerEnd
  stopKeepAlive: () => void
  /** Bytes that may wait for the client: what it asked to be replayed comes on top of the usual. */
  maxBacklog: number
}

export function gapKey(from: string | undefined, to: string | undefined): string {
  return `${from ?? ''}>${to ?? ''}`
}

export function createSimulatedServer(
  world: World,
  random: Random,
  log: ChannelLog,
  options: ServerOptions,
): SimulatedServer {
  const sessions = new Set<Session>()
  const honestGaps = new Set<string>()
  let isUp = true
  let isComplete = false

  function drop(session: Session): void {
    if (sessions.delete(session)) session.stopKeepAlive()
  }

  function write(session: Session, block: Block): void {
    if (!sessions.has(session)) return
    if (session.end.backlog() > session.maxBacklog) {
      // A slow consumer is let go, and comes back for what it missed.
      world.trace('server: drops a slow consumer')
      drop(session)
      session.end.end()
    } else session.end.write(block)
  }

  function keepAlive(session: Session): void {
    if (options.heartbeatMs === 0) return
    session.stopKeepAlive = world.onServer(options.heartbeatMs, () => {
      keepAlive(session)
      write(session, commentBlock())
    })
  }

  function finish(session: Session): void {
    if (!sessions.has(session)) return
    if (options.profile === 'positions') session.end.write(completeBlock())
    drop(session)
    session.end.end()
  }

  function endAll(act: (session: Session) => void): void {
    for (const session of [...sessions]) {
      act(session)
      drop(session)
    }
  }

  const hint = () => (options.retryHints.length > 0 && random.chance(0.2) ? random.pick(options.retryHints) : undefined)

  return {
    get isUp() {
      return isUp
    },
    honestGaps,
    sessions: () => sessions.size,
    accept(end) {
      const { isOver, blocks, gap } = opening(log, options, end)
      if (isComplete && isOver) return end.respond(204)
      if (gap) honestGaps.add(gap)
      const session: Session = { end, stopKeepAlive: () => {}, maxBacklog: Infinity }
      sessions.add(session)
      end.onGone = () => drop(session)
      end.respond(200)
      for (const block of blocks) write(session, block)
      session.maxBacklog = end.backlog() + options.maxBacklog
      if (isComplete) finish(session)
      else if (sessions.has(session)) keepAlive(session)
    },
    publish() {
      const entry = log.publish()
      world.trace(`server: publishes #${entry.number} ${entry.id}`)
      const retryMs = hint()
      for (const session of [...sessions]) {
        if (retryMs !== undefined) write(session, retryLine(retryMs))
        write(session, eventBlock(entry))
      }
    },
    complete() {
      world.trace('server: completes the channel')
      isComplete = true
      for (const session of [...sessions]) finish(session)
    },
    drain(retryMs) {
      world.trace(`server: drains (retryMs ${retryMs})`)
      endAll(({ end }) => {
        if (options.profile === 'positions') end.write(closeBlock(retryMs))
        end.end()
      })
    },
    restart(downMs, keepsHistory) {
      if (!isUp) return
      world.trace(`server: restarts ${keepsHistory ? 'with' : 'without'} its history`)
      isUp = false
      endAll(({ end }) => end.reset())
      if (!keepsHistory) log.forget()
      world.onServer(downMs, () => (isUp = true))
    },
  }
}

interface Opening {
  readonly blocks: readonly Block[]
  /** Whether the client has everything there is. */
  readonly isOver: boolean
  readonly gap?: string | undefined
}

/** What a new session is sent before it goes live. */
function opening(log: ChannelLog, options: ServerOptions, request: ServerEnd): Opening {
  switch (options.profile) {
    case 'positions':
      return positionsOpening(log, options, request)
    case 'replay': {
      const number = log.byId(request.lastEventId)?.number
      const from = number === undefined ? log.entries.length : number
      const replayed = log.entries.slice(number === undefined ? from : Math.max(0, from - options.overlap))
      return { blocks: replayed.map((entry) => eventBlock(entry)), isOver: from === log.entries.length }
    }
    case 'replay-all':
      return {
        blocks: log.entries.map((entry) => eventBlock(entry)),
        isOver: log.byId(request.lastEventId)?.number === log.entries.length,
      }
    case 'no-ids':
      return { blocks: [], isOver: true }
  }
}

function positionsOpening(log: ChannelLog, options: ServerOptions, { lastEventId, fromStart }: ServerEnd): Opening {
  const beforeOldest = log.beforeOldest()
  const floor = log.countAt(beforeOldest) ?? 0
  const epoch = beforeOldest.split(':')[0] ?? ''
  const after = (count: number) => log.entries.slice(Math.max(count, floor)).map((entry) => eventBlock(entry))
  const { heartbeatMs, gapStyle, overlap } = options

  if (lastEventId === '') {
    const at = fromStart ? `${epoch}:0` : log.top()
    const count = log.countAt(at) ?? 0
    if (count >= floor) return { blocks: [connectedBlock(at, heartbeatMs), ...after(count)], isOver: false }
    return {
      blocks: [connectedBlock(undefined, heartbeatMs), gapBlock(undefined, beforeOldest), ...after(floor)],
      isOver: false,
      gap: gapKey(undefined, beforeOldest),
    }
  }
  const count = log.countAt(lastEventId) ?? 0
  if (lastEventId.startsWith(`${epoch}:`) && count >= floor) {
    // What comes again may reach back to the beginning of this life of the channel, no further.
    const epochStart = log.countAt(`${epoch}:0`) ?? 0
    const replayed = after(Math.max(count - overlap, epochStart))
    return {
      blocks: [connectedBlock(lastEventId, heartbeatMs, true), ...replayed],
      isOver: count === log.entries.length,
    }
  }
  const greeting = connectedBlock(gapStyle === 'greeting' ? beforeOldest : undefined, heartbeatMs, false)
  const declaration = gapStyle === 'event' ? [gapBlock(lastEventId, beforeOldest)] : []
  return {
    blocks: [greeting, ...declaration, ...after(floor)],
    isOver: false,
    gap: gapKey(lastEventId, beforeOldest),
  }
}
