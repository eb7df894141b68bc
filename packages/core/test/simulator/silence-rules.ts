import type { StreamError } from '@steadystream/core'
import type { Block } from './blocks.ts'
import type { SimulatedLink } from './link.ts'
import type { World } from './world.ts'

export interface SilenceSettings {
  readonly timeout: number
  readonly heartbeatInterval: number | undefined
  /** Whether nobody ever holds reading back, so that silence is the link's own. */
  readonly isPrompt: boolean
}

/** When a link may be given up for saying nothing, and when it must be. */
export interface SilenceRules {
  /** A new connection, which knows nothing of its server. */
  begin(): void
  received(block: Block): void
  failed(error: StreamError, link: SimulatedLink | undefined): void
}

const unarmedMs = 300_000
const defaultIntervalMs = 25_000
/** What an overdue timer grants to bytes that came during sleep. */
const graceMs = 1000
/** Times are sums of fractions. */
const roundingMs = 0.001

export function createSilenceRules(world: World, settings: SilenceSettings): SilenceRules {
  let announcedMs: number | undefined
  let isCommentSeen = false

  function allowedMs(): number {
    const intervalMs = settings.heartbeatInterval ?? announcedMs ?? (isCommentSeen ? defaultIntervalMs : unarmedMs / 2)
    return intervalMs * 2
  }

  function checkSilence({ number, lastReadAt }: SimulatedLink): void {
    const silentMs = world.clock.now() - lastReadAt
    const allowed = allowedMs()
    if (silentMs < allowed - roundingMs)
      world.fail(`link ${number} is given up after ${silentMs} of ${allowed} ms of silence`)
    const isJustAwake = Math.abs(world.clock.now() - world.awakeSince()) < roundingMs
    // One turn of grace, and no second one for who falls asleep again within it.
    const hadNoGraceYet = world.awakeBeforeMs() > graceMs
    if (settings.isPrompt && isJustAwake && hadNoGraceYet && silentMs > allowed + graceMs + roundingMs) {
      world.fail(`link ${number} is given up at the moment of waking, before its bytes could be read`)
    }
    const isUndisturbed = settings.isPrompt && world.awakeSince() <= lastReadAt
    if (isUndisturbed && silentMs > allowed + graceMs + roundingMs) {
      world.fail(`link ${number} is given up only after ${silentMs} ms of silence, and ${allowed} are allowed`)
    }
  }

  return {
    begin() {
      announcedMs = undefined
      isCommentSeen = false
    },
    received({ kind, heartbeatMs }) {
      if (kind === 'comment') isCommentSeen = true
      announcedMs = heartbeatMs ?? announcedMs
    },
    failed({ code }, link) {
      if (code === 'HEARTBEAT' && link) checkSilence(link)
      if (code === 'TIMEOUT' && link && world.clock.now() - link.dialedAt < settings.timeout - roundingMs) {
        world.fail(`link ${link.number} timed out ${world.clock.now() - link.dialedAt} ms after it was dialed`)
      }
    },
  }
}
