import { readObject, show } from '../option-readers.ts'

import type { Position } from '@steadystream/core/protocol'
import type { RealtimeErrorCode } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { CloseReason } from '../session-setup.ts'
import type { TransportName } from '../transports/wire.ts'

export interface SessionOpened {
  readonly clientId: string
  /** Under `polling` each request is a session of its own. */
  readonly transport: TransportName
  /** As shown to people; `undefined` where there is none, or more than one. */
  readonly channel: string | undefined
  readonly userId: string | undefined
}

export interface SessionClosed extends SessionOpened {
  /**
   * `left` by the client's doing, `ended` and `cut` by ours, `slow consumer` over its queue limit, `stalled` where it
   * read nothing for too long, `gone` where it answered no ping, `failed` for an error of this side.
   */
  readonly why: CloseReason
  readonly eventsSent: number
  readonly durationMs: number
}

export interface EventPublished {
  readonly channel: string
  readonly position: Position
  /** Of the event as JSON. */
  readonly bytes: number
}

/** What was not done for a client, and why. */
export interface RequestRefused {
  readonly transport: TransportName
  /** A request to connect, or a command over a connection that stands. */
  readonly asked: 'request' | 'command'
  /** Also where a WebSocket is told by a close code, or a command by an `error`. */
  readonly status: number
  readonly code: RealtimeErrorCode
  /** As `trustProxy` has it; `undefined` where nobody knows. */
  readonly ip: string | undefined
  /** `undefined` where there is none, or it is not known yet. */
  readonly userId: string | undefined
}

/**
 * What was asked of the backplane when it failed. Where nobody asked: `link` is a lost connection, which comes back by
 * itself, `message` one from another process that could not be read.
 */
export type BackplaneStage = 'publish' | 'complete' | 'subscribe' | 'read' | 'close' | 'link' | 'message'

export interface BackplaneFailure {
  readonly stage: BackplaneStage
  /** `undefined` where it is no channel's. */
  readonly channel: string | undefined
  readonly error: unknown
}

/**
 * What happens, for code of yours that counts or alerts. Called in the turn in which it happens, for each session and
 * each event: be quick. What a hook throws or rejects with is logged, and changes nothing.
 */
export interface RealtimeHooks {
  readonly opened?: ((session: SessionOpened) => unknown) | undefined
  readonly closed?: ((session: SessionClosed) => unknown) | undefined
  /** Before `closed`, where a client was cut off as it did not keep up; it resumes from history. */
  readonly dropped?: ((session: SessionClosed) => unknown) | undefined
  readonly refused?: ((refusal: RequestRefused) => unknown) | undefined
  /** By this process, once it is in history. */
  readonly published?: ((event: EventPublished) => unknown) | undefined
  readonly backplaneError?: ((failure: BackplaneFailure) => unknown) | undefined
}

export type HookName = keyof RealtimeHooks

export const hookNames = [
  'opened',
  'closed',
  'dropped',
  'refused',
  'published',
  'backplaneError',
] as const satisfies HookName[]

/** Calls a hook so that nothing it does comes back. */
export type CallHook = <Name extends HookName>(
  name: Name,
  fact: Parameters<NonNullable<RealtimeHooks[Name]>>[0],
) => void

export function createHookCaller(hooks: RealtimeHooks, logger: Logger): CallHook {
  const report = (name: HookName) => (error: unknown) => logger.error({ err: error, hook: name }, 'a hook failed')
  return (name, fact) => {
    // Each name's fact is that of its hook, which TypeScript cannot follow through the index.
    const hook = hooks[name] as ((fact: unknown) => unknown) | undefined
    if (!hook) return
    try {
      const result = hook.call(hooks, fact)
      if (result instanceof Promise) result.catch(report(name))
    } catch (error) {
      report(name)(error)
    }
  }
}

/** @throws {TypeError} naming the hook that is none. */
export function readHooks(options: RealtimeHooks | undefined): RealtimeHooks {
  for (const [name, hook] of Object.entries(readObject('on', options, hookNames))) {
    if (hook !== undefined && typeof hook !== 'function') {
      throw new TypeError(`on.${name} must be a function, got ${show(hook)}`)
    }
  }
  return options ?? {}
}
