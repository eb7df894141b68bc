import type { Entry } from './truth.ts'

/** The hash of a channel. `top` is what stands there in truth. */
export interface Meta {
  readonly kind: 'meta'
  e: string
  n: number
  b: number
  k: number
  r: string
  f: number
  isDone: boolean
  top: Entry
}

/** An entry of a stream: `b` is what was published before it, in bytes. */
export interface Item {
  readonly n: number
  readonly e: string
  readonly json: string
  readonly b: number
  readonly entry: Entry | undefined
}

/** The stream of a channel. It remembers the last id that it gave, whatever was deleted since. */
export interface Log {
  readonly kind: 'log'
  items: readonly Item[]
  last: { readonly n: number; readonly e: string }
  top: Entry | undefined
}

export interface Once {
  readonly kind: 'once'
  readonly position: string
}

type Value = Meta | Log | Once

interface Slot {
  readonly value: Value
  readonly expiresAt: number
}

/** What a Redis keeps. A copy stands for a snapshot, or for what a replica has. */
export class Keyspace {
  readonly #slots: Map<string, Slot>
  readonly #now: () => number

  constructor(now: () => number, slots: ReadonlyMap<string, Slot> = new Map()) {
    this.#now = now
    this.#slots = new Map(slots)
  }

  copy(): Keyspace {
    const slots = Array.from(this.#slots, ([key, slot]) => [key, { ...slot, value: { ...slot.value } }] as const)
    return new Keyspace(this.#now, new Map(slots))
  }

  empty(): Keyspace {
    return new Keyspace(this.#now)
  }

  meta(key: string): Meta | undefined {
    const value = this.#find(key)
    return value?.kind === 'meta' ? value : undefined
  }

  log(key: string): Log | undefined {
    const value = this.#find(key)
    return value?.kind === 'log' ? value : undefined
  }

  once(key: string): Once | undefined {
    const value = this.#find(key)
    return value?.kind === 'once' ? value : undefined
  }

  /** Keeps its time to live where there is one. */
  set(key: string, value: Value): void {
    this.#slots.set(key, { value, expiresAt: this.#slots.get(key)?.expiresAt ?? Infinity })
  }

  expire(key: string, ms: number): void {
    const value = this.#find(key)
    if (value) this.#slots.set(key, { value, expiresAt: this.#now() + ms })
  }

  delete(key: string): boolean {
    return this.#slots.delete(key)
  }

  /** Forgets everything. */
  clear(): void {
    this.#slots.clear()
  }

  /** Channels of which anything is left, by the keys of their hashes. */
  channels(): string[] {
    return [...new Set(Array.from(this.#slots.keys(), (key) => key.slice(0, key.indexOf('}') + 1)))]
  }

  #find(key: string): Value | undefined {
    const slot = this.#slots.get(key)
    if (slot && slot.expiresAt > this.#now()) return slot.value
    this.#slots.delete(key)
    return undefined
  }
}
