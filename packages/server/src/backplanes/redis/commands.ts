import { sleep } from '../../env.ts'
import { keepLink } from './lasting-link.ts'
import { createPendingCalls } from './pending-calls.ts'
import { askServer, unknownRun } from './server-run.ts'
import { createScriptRunner } from './script-runner.ts'
import { closedError, messageOf, unavailable } from './unavailable.ts'

import type { RedisDriver, RedisLink } from './driver.ts'
import type { KnownChannel } from './known-channel.ts'
import type { PendingCall } from './pending-calls.ts'
import type { ScriptRunner } from './script-runner.ts'
import type { Script } from './scripts.ts'
import type { ServerRun } from './server-run.ts'

export interface CommandsSetup {
  readonly driver: RedisDriver
  readonly scripts: readonly Script[]
  /** Milliseconds that a link may leave all commands unanswered. */
  readonly timeoutMs: number
  readonly onUp: () => void
  readonly onDown: (error: unknown) => void
}

/** The link over which scripts run. */
export interface Commands {
  readonly isUp: boolean
  /** Which Redis process this is. */
  readonly run: ServerRun
  /** Waits for the first connection, if it is still being made. */
  readonly firstAttempt: Promise<void>
  /**
   * Runs a script at once, or rejects at once.
   * @throws {RealtimeError} `UNAVAILABLE`, or `CLOSED`.
   */
  call<T>(
    script: Script,
    command: readonly string[],
    bytes: number,
    decode: (reply: unknown, about: KnownChannel) => T,
    about: KnownChannel,
  ): Promise<T>
  /** To be called now and then: finds a link that stands but does not answer. */
  look(now: number): void
  drop(error: unknown): void
  close(): Promise<void>
}

// What may wait for an answer; a Redis that hangs for five seconds under a thousand publishes a second stays below it.
const maxWaiting = 20_000
const maxWaitingBytes = 32 * 1024 * 1024
const closeGraceMs = 1000

export function createCommands({ driver, scripts, timeoutMs, onUp, onDown }: CommandsSetup): Commands {
  let line: { readonly run: ServerRun; readonly runner: ScriptRunner | undefined } = {
    run: unknownRun,
    runner: undefined,
  }
  let isClosed = false
  /** Why there is no link, or was none. */
  let downError: unknown
  let onIdle: () => void = () => {}
  let waiting = 0
  let waitingBytes = 0
  let answers = 0
  /** What `look` saw last, and since when nothing has been answered. */
  let seenAnswers = 0
  let quietSince = 0

  async function prepare(link: RedisLink): Promise<void> {
    const run = await askServer(link)
    for (const { text } of scripts) await link.send(['SCRIPT', 'LOAD', text])
    line = { run, runner: createScriptRunner(link, scripts) }
  }

  const link = keepLink({
    driver,
    prepare,
    onUp,
    onDown(error) {
      downError = error
      onDown(error)
    },
  })

  function settle(bytes: number): void {
    answers++
    waiting--
    waitingBytes -= bytes
    if (waiting === 0) onIdle()
  }

  function refuse(error: unknown): Error {
    if (isClosed) return closedError()
    const message = messageOf(error)
    // The master became a replica: whoever is the master now is found by connecting anew.
    // Before version 7, what a script is refused comes in a sentence of Redis' own.
    if (message.includes('READONLY')) link.drop(error)
    return unavailable('Redis did not do it, or nobody knows whether it did', error)
  }

  async function again({ runner, script, command, bytes, decode, about }: PendingCall): Promise<unknown> {
    let reply: unknown
    try {
      reply = await runner.again(script, command)
    } catch (error) {
      throw refuse(error)
    } finally {
      settle(bytes)
    }
    return decode(reply, about)
  }

  const whenAnswered = createPendingCalls({
    onAnswer(reply, { bytes, decode, about }) {
      settle(bytes)
      return decode(reply, about)
    },
    onFailure(error, call) {
      if (call.runner.isForgotten(error)) return again(call)
      settle(call.bytes)
      throw refuse(error)
    },
  })

  return {
    get isUp() {
      return link.current !== undefined
    },
    get run() {
      return line.run
    },
    firstAttempt: link.firstAttempt,

    call(script, command, bytes, decode, about) {
      if (isClosed) return Promise.reject(closedError())
      const { runner } = line
      if (!link.current || !runner) return Promise.reject(unavailable('Redis cannot be reached', downError))
      if (waiting >= maxWaiting || waitingBytes + bytes > maxWaitingBytes) {
        return Promise.reject(unavailable('Redis does not keep up'))
      }
      waiting++
      waitingBytes += bytes
      const call: PendingCall = { runner, script, command, bytes, decode, about }
      return whenAnswered(call, runner.send(script, command)) as Promise<never> // what `decode` makes of it
    },

    look(now) {
      if (waiting === 0 || answers !== seenAnswers) {
        seenAnswers = answers
        quietSince = now
      } else if (now - quietSince >= timeoutMs) {
        quietSince = now
        link.drop(new Error(`Redis answered nothing for ${timeoutMs} ms`))
      }
    },

    drop: link.drop,

    async close() {
      isClosed = true
      // What is on its way may arrive.
      const idle = new AbortController()
      onIdle = () => idle.abort()
      if (waiting > 0 && link.current) await sleep(closeGraceMs, idle.signal)
      await link.close()
    },
  }
}
