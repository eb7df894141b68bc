import { closeBlock, commentBlock, completeBlock, eventBlock, retryLine } from './blocks.ts'
import { createPollDesk } from './poll-desk.ts'
import { opening } from './opening.ts'

import type { Asked, OpeningOptions } from './opening.ts'
import type { Block } from './blocks.ts'
import type { ChannelLog } from './channel-log.ts'
import type { Coverage } from './coverage.ts'
import type { Poll } from './poll-desk.ts'
import type { Random } from '../support/random.ts'
import type { Tokens } from './tokens.ts'
import type { World } from './world.ts'

/** The server's end of an event stream or a socket. */
export interface ServerEnd extends Asked {
  readonly isSocket: boolean
  readonly token: string
  respond(status: number, place?: string): void
  write(block: Block): void
  /** @param code of the close frame */
  end(code: number): void
  reset(): void
  /** Whether the client has gone, which the server may not know. */
  isGone(): boolean
  /** Bytes that the client has not taken yet. */
  backlog(): number
  /** Called once when the server learns that the client has gone. */
  onGone: (() => void) | undefined
}

export interface ServerOptions extends OpeningOptions {
  /** `retry:` values that it sends now and then. */
  readonly retryHints: readonly number[]
  readonly maxBacklog: number
}

export interface SimulatedServer {
  accept(end: ServerEnd): void
  answer(poll: Poll): void
  readonly isUp: boolean
  publish(): void
  complete(): void
  /** Asks every client to go and come back later. */
  drain(retryMs: number | undefined): void
  /** Tokens expire, and it may say so to those who are there. */
  expire(): void
  restart(downMs: number, keepsHistory: boolean): void
  /** Every range that could not be supplied when it was asked for, as `from>to`. */
  readonly honestGaps: ReadonlySet<string>
}

interface Session {
  readonly end: ServerEnd
  stopKeepAlive: () => void
  /** Bytes that may wait for the client: what it asked to be replayed comes on top of the usual. */
  maxBacklog: number
}

export function createSimulatedServer(
  world: World,
  random: Random,
  log: ChannelLog,
  options: ServerOptions,
  tokens: Tokens,
  coverage: Coverage,
): SimulatedServer {
  const sessions = new Set<Session>()
  const honestGaps = new Set<string>()
  const isPositions = options.profile === 'positions'
  let isUp = true
  let isComplete = false
  const desk = createPollDesk(world, random.fork(), log, options, tokens, {
    isComplete: () => isComplete,
    hasGap: (gap) => noteGap(gap),
    refuses: () => coverage.hit('expired token'),
  })

  function noteGap(gap: string | undefined): void {
    if (gap === undefined) return
    honestGaps.add(gap)
    coverage.hit('history gone')
  }

  function drop(session: Session): void {
    if (sessions.delete(session)) session.stopKeepAlive()
  }

  function write(session: Session, block: Block): void {
    if (!sessions.has(session)) return
    if (session.end.backlog() > session.maxBacklog) {
      // A slow consumer is let go, and comes back for what it missed.
      world.trace('server: drops a slow consumer')
      if (!session.end.isGone()) coverage.hit('dropped as a slow consumer')
      drop(session)
      session.end.end(3008)
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
    if (isPositions) session.end.write(completeBlock())
    drop(session)
    session.end.end(1000)
  }

  function endAll(act: (session: Session) => void): void {
    for (const session of [...sessions]) {
      act(session)
      drop(session)
    }
  }

  function dismissAll(code: number, retryMs: number | undefined): void {
    endAll(({ end }) => {
      if (isPositions) end.write(closeBlock(code, retryMs))
      end.end(code)
    })
  }

  const hint = () => (options.retryHints.length > 0 && random.chance(0.2) ? random.pick(options.retryHints) : undefined)

  return {
    get isUp() {
      return isUp
    },
    honestGaps,
    answer: (poll) => desk.answer(poll),
    accept(end) {
      if (!tokens.isValid(end.token)) {
        coverage.hit('expired token')
        end.respond(end.isSocket ? 101 : 401)
        return end.end(3000)
      }
      // A socket's greeting says where delivery begins, and has no other way to say what is gone.
      const style = end.isSocket ? ({ ...options, gapStyle: 'event' } as const) : options
      const { isOver, blocks, gap, place } = opening(log, style, end)
      if (isComplete && isOver && !end.isSocket) return end.respond(204)
      noteGap(gap)
      const session: Session = { end, stopKeepAlive: () => {}, maxBacklog: Infinity }
      sessions.add(session)
      end.onGone = () => drop(session)
      end.respond(end.isSocket ? 101 : 200, place)
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
      desk.changed()
    },
    complete() {
      world.trace('server: completes the channel')
      isComplete = true
      for (const session of [...sessions]) finish(session)
      desk.changed()
    },
    drain(retryMs) {
      world.trace(`server: drains (retryMs ${retryMs})`)
      dismissAll(3001, retryMs)
      desk.sendAway()
    },
    expire() {
      tokens.expire()
      if (random.chance(0.5)) dismissAll(3005, undefined)
    },
    restart(downMs, keepsHistory) {
      if (!isUp) return
      world.trace(`server: restarts ${keepsHistory ? 'with' : 'without'} its history`)
      isUp = false
      endAll(({ end }) => end.reset())
      desk.crash()
      if (!keepsHistory) log.forget()
      world.onServer(downMs, () => (isUp = true))
    },
  }
}
