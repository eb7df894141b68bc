import { idempotencyMs } from '../../../src/backplanes/recent-keys.ts'

import type { RedisHistory, Scripts } from '../../../src/backplanes/redis/scripts.ts'
import type { Item, Keyspace, Meta } from './keyspace.ts'
import type { Truth } from './truth.ts'

/** What a script runs on: `KEYS`, `ARGV`, and the Redis around them. */
export interface ScriptRun {
  readonly keys: readonly string[]
  readonly args: readonly string[]
  readonly store: Keyspace
  readonly history: RedisHistory
  readonly truth: Truth
  /** Whether it says of itself that it has everything, although it was a replica that took over. */
  readonly isBlurred: boolean
  /** The number that is published in this text. */
  readonly numberOf: (json: string) => number
  readonly newEpoch: () => string
  readonly publish: (name: string, text: string) => void
  readonly onTrimmed: () => void
}

/** A life of the channel in a script's hands; `isNew` until it is in the hash. */
type Life = Meta & { isNew: boolean }

/**
 * The effects of the scripts of `backplanes/redis/scripts.ts`, line by line, each as one step. `script-model.test.ts` has
 * a real Redis answer the same calls. Keys of other types, which nobody makes here, are left out.
 */
export function runScript(name: keyof Scripts, run: ScriptRun): unknown {
  const [meta = '', log = '', once] = run.keys
  const channel = new ChannelRun(run, meta, log)
  const life = channel.load()
  const [, , first = '', second = ''] = run.args
  if (name === 'publish') return channel.publish(life, first, once)
  if (name === 'complete') return channel.complete(life)
  if (name === 'read') return channel.read(life, Number(first), Number(second))
  return channel.renew(life, first)
}

class ChannelRun {
  readonly #run: ScriptRun
  readonly #meta: string
  readonly #log: string

  constructor(run: ScriptRun, meta: string, log: string) {
    this.#run = run
    this.#meta = meta
    this.#log = log
  }

  load(): Life {
    const { args, store } = this.#run
    const [runArg = '', witness = ''] = args
    const run = runArg.slice(1)
    const found = store.meta(this.#meta)
    const life: Life | undefined = found ? { ...found, isNew: false } : this.#rebuild(run)
    if (!life) return this.#begin(undefined)
    const [, e, digits, end, seenIn = ''] = /^([^:]+):(\d+)(!?):(.*)$/.exec(witness) ?? []
    const n = Number(digits)
    const knows = e === life.e
    if (knows && n > life.n) return this.#begin(life)
    if (e !== undefined && e.length === life.e.length && e > life.e) return this.#begin(life)
    if (run !== '' && life.r !== run) {
      if (life.r !== '' && !(knows && n === life.n) && !runArg.startsWith('+')) return this.#begin(life)
      if (knows || this.#run.isBlurred) this.#run.truth.vouch(life.top)
      life.r = run
      life.f = life.n
      life.isNew = true
    }
    if (knows && n > life.f && seenIn !== '' && seenIn !== life.r) return this.#begin(life)
    if (knows && n === life.n && end === '!' && !life.isDone) this.#finish(life)
    return life
  }

  publish(loaded: Life, json: string, once: string | undefined): unknown {
    const { store, history, truth, numberOf, publish, onTrimmed } = this.#run
    const earlier = once === undefined ? undefined : store.once(once)
    if (earlier) return earlier.position
    if (loaded.isDone) return 'completed'
    const last = store.log(this.#log)?.last
    const n = loaded.n + 1
    const isBehind = last !== undefined && (last.n > n || (last.n === n && last.e >= loaded.e))
    const life = isBehind ? this.#begin(loaded) : loaded
    const before = life.b
    life.n++
    life.b += json.length
    life.top = truth.append(this.#meta, life.top, numberOf(json))
    const item = { n: life.n, e: life.e, json, b: before, entry: life.top }
    const all = [...(store.log(this.#log)?.items ?? []), item]
    let items: readonly Item[] = all.slice(Math.max(0, all.length - history.size))
    while (life.b - life.k > history.bytes) {
      const [oldest] = items
      if (!oldest) {
        life.k = life.b
      } else {
        life.k = oldest.b
        if (life.b - life.k > history.bytes) {
          items = items.slice(1)
          life.k += oldest.json.length
        }
      }
    }
    if (items.length < all.length) onTrimmed()
    store.set(this.#log, { kind: 'log', items, last: { n: life.n, e: life.e }, top: life.top })
    this.#save(life)
    store.expire(this.#log, history.ttlMs)
    store.expire(this.#meta, history.positionTtlMs)
    const position = `${life.n}:${life.e}`
    if (once !== undefined) {
      store.set(once, { kind: 'once', position })
      store.expire(once, idempotencyMs)
    }
    publish(this.#meta, `${position}:${json}`)
    return position
  }

  complete(life: Life): unknown {
    if (!life.isDone) this.#finish(life)
    return `${life.n}:${life.e}`
  }

  read(life: Life, after: number, limit: number): unknown {
    const { store, history } = this.#run
    if (life.isNew) this.#save(life)
    const lifetimeMs = life.n > 0 ? history.positionTtlMs : Math.min(history.positionTtlMs, 300_000)
    if (!life.isDone) store.expire(this.#meta, lifetimeMs)
    const items = store.log(this.#log)?.items ?? []
    const oldest = items[0]?.n ?? life.n + 1
    const isWanted = limit > 0 && life.n > after
    const wanted = isWanted ? items.filter(({ n }) => n > after).slice(0, limit) : []
    const entries = wanted.map(({ n, e, json, b }) => [`${n}-${e}`, ['d', json, 'b', String(b)]])
    return [life.e, String(life.n), life.isDone ? 1 : 0, String(oldest), entries]
  }

  renew(life: Life, epoch: string): unknown {
    if (epoch !== '' && life.e !== epoch) return 0
    this.#begin(life)
    this.#run.store.expire(this.#meta, this.#run.history.positionTtlMs)
    return 1
  }

  #finish(life: Life): void {
    const { store, history, publish } = this.#run
    life.isDone = true
    this.#save(life)
    life.isNew = false
    store.expire(this.#log, history.ttlMs)
    store.expire(this.#meta, history.ttlMs + 1000)
    publish(this.#meta, `end:${life.n}:${life.e}`)
  }

  #begin(former: Life | undefined): Life {
    const { args, store, truth, newEpoch, publish } = this.#run
    const r = (args[0] ?? '').slice(1)
    store.delete(this.#meta)
    store.delete(this.#log)
    const e = newEpoch()
    const top = truth.begin(this.#meta, e)
    const life: Life = { kind: 'meta', e, n: 0, b: 0, k: 0, r, f: 0, isDone: false, top, isNew: true }
    if (former) {
      this.#save(life)
      publish(this.#meta, `top:0:${e}`)
    }
    return life
  }

  #rebuild(run: string): Life | undefined {
    const log = this.#run.store.log(this.#log)
    if (!log?.top) return undefined
    const { n, e } = log.last
    const last = log.items.at(-1)
    const b = last ? last.b + last.json.length : 0
    return { kind: 'meta', e, n, b, k: 0, r: run, f: 0, isDone: false, top: log.top, isNew: true }
  }

  #save({ isNew: _, ...meta }: Life): void {
    this.#run.store.set(this.#meta, meta)
  }
}
