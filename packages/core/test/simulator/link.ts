import { encodeBlock } from './blocks.ts'
import { createPipe } from './pipe.ts'

import type { Block } from './blocks.ts'
import type { Pipe } from './pipe.ts'
import type { Random } from '../support/random.ts'
import type { ServerEnd } from './server.ts'
import type { World } from './world.ts'

/** What the network does to one request. */
export type Fate =
  | { readonly kind: 'calm' | 'refused' | 'black-hole' | 'answer-lost' | 'portal' }
  | { readonly kind: 'unavailable'; readonly retryAfterS: number | undefined }
  /** Cut at a byte, or at a time if that comes first. `silence` tells neither side. */
  | {
      readonly kind: 'cut'
      readonly how: 'end' | 'error' | 'silence'
      readonly afterBytes: number
      readonly afterMs: number
    }

/** One request and its response, as an observer between client and server sees them. Times are the client's own. */
export interface SimulatedLink {
  readonly number: number
  readonly lastEventId: string
  readonly dialedAt: number
  phase: 'dialing' | 'open' | 'over'
  openedAt: number | undefined
  bytesRead: number
  lastReadAt: number
  /** The wait that its answer asks for. */
  floorMs: number
}

export interface LinkWatch {
  dialed(link: SimulatedLink): void
  opened(link: SimulatedLink): void
  /** The client has read the whole block. */
  received(link: SimulatedLink, block: Block): void
  over(link: SimulatedLink, why: string): void
}

export interface LinkPlan {
  readonly fate: Fate
  readonly latencyMs: number
  readonly lineEnd: '\n' | '\r\n' | '\r'
}

/** The two ends of a link. */
export interface LinkEnds {
  readonly pipe: Pipe
  readonly server: ServerEnd
  /** The client lets go, by aborting or cancelling. */
  leave(reason: unknown): void
  /** It is over before there was a body. */
  close(why: string): void
}

export function createLinkEnds(
  world: World,
  random: Random,
  plan: LinkPlan,
  link: SimulatedLink,
  request: Pick<ServerEnd, 'lastEventId' | 'fromStart'>,
  respond: (status: number, headers: Record<string, string>) => void,
  watch: LinkWatch,
): LinkEnds {
  const { fate, latencyMs, lineEnd } = plan
  const budget = fate.kind === 'cut' ? fate.afterBytes : Infinity
  const unread: { readonly doneAt: number; readonly block: Block }[] = []
  let sent = 0
  let isSevered = false

  function close(why: string): void {
    if (link.phase === 'over') return
    link.phase = 'over'
    watch.over(link, why)
  }

  const pipe = createPipe(world, random, latencyMs, {
    read(bytes) {
      link.bytesRead += bytes
      link.lastReadAt = world.clock.now()
      while (unread[0] && unread[0].doneAt <= link.bytesRead) {
        const next = unread.shift()
        if (next) watch.received(link, next.block)
      }
    },
    finished: () => close('ended by the network or the server'),
    cancelled() {
      close('cancelled by the client')
      serverHears()
    },
  })

  const isSilent = () => isSevered && fate.kind === 'cut' && fate.how === 'silence'

  function serverHears(): void {
    if (!isSilent()) world.onServer(latencyMs, () => server.onGone?.())
  }

  function sever(): void {
    if (isSevered || fate.kind !== 'cut') return
    isSevered = true
    world.trace(`link ${link.number}: cut after ${Math.min(sent, budget)} bytes (${fate.how})`)
    if (fate.how === 'silence') return
    pipe.finish(fate.how)
    serverHears()
  }

  const server: ServerEnd = {
    ...request,
    onGone: undefined,
    backlog: () => sent - link.bytesRead,
    respond(status, headers = {}) {
      pipe.deliver(() => respond(status, headers))
      if (fate.kind === 'cut') world.onServer(fate.afterMs, sever)
    },
    write(block) {
      const { bytes, doneAt } = encodeBlock(block, lineEnd)
      const before = sent
      sent += bytes.length
      if (isSevered) return
      if (before + doneAt <= budget) unread.push({ doneAt: before + doneAt, block })
      pipe.send(bytes.subarray(0, Math.max(0, budget - before)))
      if (sent >= budget) sever()
    },
    end: () => isSevered || pipe.finish('end'),
    reset: () => isSevered || pipe.finish('error'),
  }
  return {
    pipe,
    server,
    close,
    leave(reason) {
      close('aborted by the client')
      pipe.abandon(reason)
      serverHears()
    },
  }
}
