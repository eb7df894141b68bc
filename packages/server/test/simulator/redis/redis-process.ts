import { createScripts } from '../../../src/backplanes/redis/scripts.ts'
import { Keyspace } from './keyspace.ts'
import { runScript } from './script-model.ts'

import type { RedisHistory, Scripts } from '../../../src/backplanes/redis/scripts.ts'
import type { World } from '../../../../core/test/simulator/world.ts'
import type { RedisConnection } from './redis-connection.ts'
import type { Truth } from './truth.ts'

export interface RedisSetup {
  readonly world: Pick<World, 'now' | 'onServer' | 'fail'>
  readonly truth: Truth
  readonly history: RedisHistory
  /** Whether it keeps an append-only file. */
  readonly isDurable: boolean
  readonly numberOf: (json: string) => number
  readonly onTrimmed: () => void
}

/** A Redis, or what stands for it behind one address after a failover. Each command is one step. */
export interface RedisProcess {
  readonly store: Keyspace
  readonly isUp: boolean
  readonly connections: Set<RedisConnection>
  /** Which process it is, as the scripts are told. */
  readonly run: string
  /** Refuses all that writes, for want of memory. */
  isFull: boolean
  /** Does it in its turn: at once, or when Redis goes on. */
  take(work: () => void): void
  execute(args: readonly string[]): unknown
  hang(ms: number): void
  /** Dies, and comes back after a while with what `restore` makes of what it had. */
  crash(downMs: number, restore: (had: Keyspace) => Keyspace): void
  /** Another one takes over, with what it has. */
  replace(store: Keyspace): void
  forgetScripts(): void
  readonly scriptsForgottenAt: number
}

const wallStartS = 1_900_000_000
const loadingMs = 60

/** What the scripts are told of it is its beginning. */
const runIdOf = (runs: number) => String(runs).padStart(4, '0').repeat(10)

export function createRedisProcess(setup: RedisSetup): RedisProcess {
  const { world, truth, history, isDurable } = setup
  const known = Object.entries(createScripts(history)) as [keyof Scripts, Scripts[keyof Scripts]][] // the keys above
  const loaded = new Set<string>()
  const connections = new Set<RedisConnection>()
  let store = new Keyspace(() => world.now())
  let isUp = true
  let isLoading = false
  let runs = 1
  let wasPromoted = false
  let isBlurred = false
  let hungUntil = 0
  let epochs = 0
  let scriptsForgottenAt = -1
  let inbox: (() => void)[] = []

  function evaluate(name: keyof Scripts, rest: readonly string[]): unknown {
    // What is read needs no more memory.
    if (redis.isFull && name !== 'read') throw new Error('OOM command not allowed when used memory > maxmemory')
    const [count, ...all] = rest
    return runScript(name, {
      ...{ keys: all.slice(0, Number(count)), args: all.slice(Number(count)), store, history, truth, isBlurred },
      ...{ numberOf: setup.numberOf, onTrimmed: setup.onTrimmed },
      newEpoch: () => `${wallStartS + Math.floor(world.now() / 1000)}${String(epochs++).padStart(9, '0')}`,
      publish: (channel, text) => {
        for (const connection of connections) connection.deliver(channel, text)
      },
    })
  }

  const infos: Record<string, () => string> = {
    server: () => `# Server\r\nredis_version:7.0.15\r\nrun_id:${runIdOf(runs)}\r\n`,
    persistence: () => `# Persistence\r\nloading:${isLoading ? 1 : 0}\r\naof_enabled:${isDurable ? 1 : 0}\r\n`,
    replication: () => `# Replication\r\nrole:master\r\nsecond_repl_offset:${wasPromoted ? 1 : -1}\r\n`,
  }

  const commands: Record<string, (...args: string[]) => unknown> = {
    PING: () => 'PONG',
    INFO: (section = '') => infos[section]?.() ?? '',
    SCRIPT(_, text) {
      const script = known.find(([, each]) => each.text === text)
      if (!script) world.fail('a script was loaded that nobody knows the effects of')
      else loaded.add(script[1].sha)
      return script?.[1].sha
    },
    EVALSHA(sha = '', ...rest) {
      const script = known.find(([, each]) => each.sha === sha)
      if (!script || !loaded.has(sha)) throw new Error('NOSCRIPT No matching script. Please use EVAL.')
      return evaluate(script[0], rest)
    },
    EVAL(text = '', ...rest) {
      const script = known.find(([, each]) => each.text === text)
      return script && evaluate(script[0], rest)
    },
  }

  const redis: RedisProcess = {
    get store() {
      return store
    },
    get isUp() {
      return isUp
    },
    connections,
    get run() {
      return runIdOf(runs).slice(0, 16)
    },
    get scriptsForgottenAt() {
      return scriptsForgottenAt
    },
    isFull: false,
    take(work) {
      if (world.now() < hungUntil || inbox.length > 0) inbox.push(work)
      else work()
    },
    execute([command = '', ...args]) {
      if (isLoading && command !== 'INFO') throw new Error('LOADING Redis is loading the dataset in memory')
      const perform = commands[command]
      if (!perform) throw new Error(`ERR unknown command '${command}'`)
      return perform(...args)
    },
    hang(ms) {
      hungUntil = Math.max(hungUntil, world.now() + ms)
      const until = hungUntil
      world.onServer(ms, () => {
        if (until !== hungUntil) return
        const waiting = inbox
        inbox = []
        for (const work of waiting) work()
      })
    },
    crash(downMs, restore) {
      isUp = false
      inbox = []
      hungUntil = 0
      for (const connection of connections) connection.kill()
      world.onServer(downMs, () => {
        store = restore(store)
        loaded.clear()
        runs++
        // A restart forgets that, too.
        isBlurred ||= wasPromoted
        wasPromoted = false
        isUp = isLoading = true
        world.onServer(loadingMs, () => (isLoading = false))
      })
    },
    replace(next) {
      store = next
      runs++
      wasPromoted = true
      isBlurred = false
      loaded.clear()
    },
    forgetScripts() {
      loaded.clear()
      scriptsForgottenAt = world.now()
    },
  }
  return redis
}
