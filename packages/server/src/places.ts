import { addressGroup } from './client-address.ts'

export interface PlaceLimits {
  readonly connections: number
  readonly connectionsPerUser: number
  readonly connectionsPerIp: number
}

/** How many places are held, by all, by each user and by each address. */
export class Places {
  readonly #limits: PlaceLimits
  readonly #byUser = new Map<string, number>()
  readonly #byAddress = new Map<string, number>()
  #held = 0

  constructor(limits: PlaceLimits) {
    this.#limits = limits
  }

  /** Holds a place for a connection that is still being decided; says which limit is reached where there is none. */
  reserve(address: string | undefined): Place | 'connections' | 'connectionsPerIp' {
    const { connections, connectionsPerIp } = this.#limits
    if (this.#held >= connections) return 'connections'
    const group = address && addressGroup(address)
    if (group && !add(this.#byAddress, group, connectionsPerIp)) return 'connectionsPerIp'
    this.#held++
    return new Place(this, group)
  }

  claim(userId: string): boolean {
    return add(this.#byUser, userId, this.#limits.connectionsPerUser)
  }

  release(group: string | undefined, userId: string | undefined): void {
    this.#held--
    if (group) remove(this.#byAddress, group)
    if (userId !== undefined) remove(this.#byUser, userId)
  }
}

/** One connection's place, from its request to its end. */
export class Place {
  readonly #places: Places
  readonly #group: string | undefined
  #userId: string | undefined
  #state: 'reserved' | 'kept' | 'released' = 'reserved'

  constructor(places: Places, group: string | undefined) {
    this.#places = places
    this.#group = group
  }

  /** @returns `false` where this user holds too many places already. */
  claim(userId: string | undefined): boolean {
    if (userId === undefined || this.#userId !== undefined) return true
    if (!this.#places.claim(userId)) return false
    this.#userId = userId
    return true
  }

  /** A session has it now, and releases it at its end. */
  keep(): void {
    if (this.#state === 'reserved') this.#state = 'kept'
  }

  /** The request is decided: the place is free again unless a session keeps it. */
  settle(): void {
    if (this.#state === 'reserved') this.release()
  }

  release(): void {
    if (this.#state === 'released') return
    this.#state = 'released'
    this.#places.release(this.#group, this.#userId)
  }
}

function add(counts: Map<string, number>, key: string, limit: number): boolean {
  const count = counts.get(key) ?? 0
  if (count >= limit) return false
  counts.set(key, count + 1)
  return true
}

function remove(counts: Map<string, number>, key: string): void {
  const count = counts.get(key) ?? 0
  if (count > 1) counts.set(key, count - 1)
  else counts.delete(key)
}
