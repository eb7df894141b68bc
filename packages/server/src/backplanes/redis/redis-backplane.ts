import { RealtimeError } from '../../errors.ts'
import { every, monotonicMs, sleep } from '../../env.ts'
import { createChannelScripts } from './channel-scripts.ts'
import { createChannelTable } from './channel-table.ts'
import { createCommands } from './commands.ts'
import { channelKeys } from './keys.ts'
import { KnownChannels } from './known-channel.ts'
import { createLocalLives } from './local-lives.ts'
import { readRedisOptions } from './options.ts'
import { createScripts } from './scripts.ts'
import { createSharedCalls } from './shared-calls.ts'
import { createSubscriber } from './subscriber.ts'
import { closedError } from './unavailable.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Backplane, Failure, Page, PublishOptions } from '../backplane.ts'
import type { RedisBackplaneOptions } from './options.ts'

const lookMs = 250
// A look that comes later says that this process stood still: answers may wait to be read, and calls to be sent.
const lateMs = 2 * lookMs
// How long what changes nothing by being done twice waits for a lost link to come back.
const patienceMs = 3000
const retryMs = 20

/**
 * Channels in Redis, for several server processes. It connects at once, and again whenever a connection is lost; what
 * was missed meanwhile is read from history. `close` releases everything it opened.
 * @throws {TypeError | RangeError} naming the option that is wrong.
 */
export function redisBackplane(options: RedisBackplaneOptions): Backplane {
  const settings = readRedisOptions(options)
  const { driver, prefix, serverId, timeoutMs, probeMs, checkMs } = settings
  const scripts = createScripts(settings.history)
  const known = new KnownChannels((key) => channelKeys(prefix, key))
  const shareReads = createSharedCalls<Page>()
  let listener: (failure: Failure) => void = () => {}
  let isClosed = false

  const linkDown = (error: unknown): void => listener({ stage: 'link', key: undefined, error })
  /** Tried again at every look, as Redis may refuse it. */
  function endLocals(): void {
    if (commands.isUp) locals?.end(renew).catch(linkDown)
  }

  const commands = createCommands({
    driver,
    scripts: Object.values(scripts),
    timeoutMs,
    onUp: endLocals,
    onDown: linkDown,
  })
  const ask = createChannelScripts(commands, scripts)
  const subscriber = createSubscriber({
    driver,
    probeMs,
    timeoutMs,
    onMessage: (name, text) => table.take(name, text),
    onUp: () => table.resume(),
    onDown(error) {
      table.suspend()
      linkDown(error)
    },
  })
  const table = createChannelTable({
    known: (key) => known.get(key),
    subscriber,
    read: (channel, range) => patiently(() => ask.read(channel.known, channel.witness, range)),
    onFailure: (failure) => listener(failure),
    checkMs,
  })
  const locals = settings.onUnavailable === 'local' ? createLocalLives(settings.history, table) : undefined
  let lookedAt = monotonicMs()
  const stopLooking = every(lookMs, () => {
    const now = monotonicMs()
    const isLate = now - lookedAt > lateMs
    lookedAt = now
    if (!isLate) {
      commands.look(now)
      subscriber.look(now)
    }
    endLocals()
    table.look(now)
  })

  /** Does what may be done twice again while the link comes back. */
  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    const giveUpAt = monotonicMs() + patienceMs
    await Promise.all([commands.firstAttempt, subscriber.firstAttempt])
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (isClosed) throw closedError()
        // What Redis itself refused, it would refuse again.
        if ((commands.isUp && subscriber.isUp) || monotonicMs() >= giveUpAt || !isUnavailable(error)) throw error
        await sleep(retryMs)
      }
    }
  }

  async function renew(key: string): Promise<void> {
    const own = known.get(key)
    // Where none is known, whichever it is: others follow it, and are to hear that something went past them.
    await ask.renew(own, table.find(key)?.epoch ?? own.epoch ?? '')
    const channel = table.find(key)
    if (channel) channel.isBehind = true
  }

  function publish(key: string, json: string, options: PublishOptions | undefined): Promise<Position> {
    if (locals && (locals.has(key) || !commands.isUp)) return locals.publish(key, json, options ?? {})
    const channel = table.find(key) ?? known.get(key)
    const own = 'known' in channel ? channel.known : channel
    return ask.publish(own, channel.witnessIn(commands.run), json, options?.idempotencyKey)
  }

  return {
    publish(key, json, options) {
      if (isClosed) return Promise.reject(closedError())
      if (commands.isUp) return publish(key, json, options)
      return commands.firstAttempt.then(() => publish(key, json, options))
    },

    async complete(key) {
      if (isClosed) throw closedError()
      return patiently(() => ask.complete(known.get(key), (table.find(key) ?? known.get(key)).witness))
    },

    async subscribe(key, receiver) {
      if (isClosed) throw closedError()
      return patiently(() => table.follow(key, receiver))
    },

    async read(key, range) {
      if (isClosed) throw closedError()
      if (locals?.has(key)) return locals.read(key, range)
      const channel = table.find(key)
      const page = subscriber.isUp ? channel?.pageFromTail(range) : undefined
      if (page) return page
      return shareReads(`${range.after}:${range.limit}:${key}`, async () => {
        const own = table.find(key) ?? known.get(key)
        const reading = await patiently(() => ask.read(known.get(key), own.witness, range))
        // Else those who follow it here would be brought the former life, and whoever asked this one.
        table.takeEpoch(key, reading.page.epoch)
        return reading.page
      })
    },

    stats() {
      const isConnected = commands.isUp && subscriber.isUp
      const isDegraded = !isConnected || table.isBehind || locals?.isAny === true
      return { serverId, isConnected, isDegraded, remoteSubscriptions: subscriber.size }
    },

    onFailure(given) {
      listener = given
    },

    async close() {
      isClosed = true
      stopLooking()
      table.clear()
      await Promise.all([commands.close(), subscriber.close(), locals?.close()])
    },
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof RealtimeError && error.code === 'UNAVAILABLE'
}
