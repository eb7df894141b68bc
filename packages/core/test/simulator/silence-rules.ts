import type { StreamError } from '@steadystream/core'
import type { SimulatedLink } from './link.ts'
import type { World } from './world.ts'

export interface SilenceSettings {
  readonly timeout: number
  readonly firstByteTimeout: number
  readonly heartbeatInterval: number | undefined
  /** Whether an attempt may begin long before its transport is asked, as it waits for credentials. */
  readonly mayWait: boolean
  /** Whether nobody ever holds reading back, so that silence is the link's own. */
  readonly isPrompt: boolean
}

/** When a link may be given up for saying nothing, and when it must be. */
export interface SilenceRules {
  /** A new connection, which knows nothing of its server. */
  begin(): void
  announced(heartbeatMs: number): void
  commented(): void
  /** Something suggests that the link is dead: it is asked for a sign of life within half the time. */
  doubted(): void
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
  let doubtedAt = -Infinity

  const now = () => world.clock.now()

  function allowedMs(): number {
    const intervalMs = settings.heartbeatInterval ?? announcedMs ?? (isCommentSeen ? defaultIntervalMs : unarmedMs / 2)
    return intervalMs * 2
  }

  function checkSilence({ number, lastReadAt }: SimulatedLink): void {
    const silentMs = now() - lastReadAt
    const isDoubted = doubtedAt >= lastReadAt
    const allowed = allowedMs()
    const isEnough = silentMs >= allowed - roundingMs || (isDoubted && now() - doubtedAt >= allowed / 2 - roundingMs)
    if (!isEnough) world.fail(`link ${number} is given up after ${silentMs} of ${allowed} ms of silence`)
    const isJustAwake = Math.abs(now() - world.awakeSince()) < roundingMs
    // One turn of grace, and no second one for who falls asleep again within it.
    const hadNoGraceYet = world.awakeBeforeMs() > graceMs && silentMs - world.sleptMs() < allowed
    if (settings.isPrompt && isJustAwake && hadNoGraceYet && !isDoubted && silentMs > allowed + graceMs + roundingMs) {
      world.fail(`link ${number} is given up at the moment of waking, before its bytes could be read`)
    }
    const isUndisturbed = settings.isPrompt && !isDoubted && world.awakeSince() <= lastReadAt
    if (isUndisturbed && silentMs > allowed + graceMs + roundingMs) {
      world.fail(`link ${number} is given up only after ${silentMs} ms of silence, and ${allowed} are allowed`)
    }
  }

  function checkTimeout({ number, dialedAt, openedAt }: SimulatedLink): void {
    if (settings.mayWait && (openedAt === undefined || now() - openedAt < settings.firstByteTimeout)) return
    const [since, allowed] =
      openedAt === undefined ? [dialedAt, settings.timeout] : [openedAt, settings.firstByteTimeout]
    if (now() - since < allowed - roundingMs)
      world.fail(`link ${number} timed out after ${now() - since} of ${allowed} ms`)
  }

  return {
    begin() {
      announcedMs = undefined
      isCommentSeen = false
      doubtedAt = -Infinity
    },
    announced: (heartbeatMs) => void (announcedMs = heartbeatMs),
    commented: () => void (isCommentSeen = true),
    doubted: () => void (doubtedAt = now()),
    failed({ code }, link) {
      if (code === 'HEARTBEAT' && link) checkSilence(link)
      if (code === 'TIMEOUT' && link) checkTimeout(link)
    },
  }
}
