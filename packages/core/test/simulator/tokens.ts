import type { Random } from '../support/random.ts'
import type { World } from './world.ts'

/** The credentials of a run: what the client holds, and what the server takes. */
export interface Tokens {
  readonly isUsed: boolean
  /** What the client shows; asking for it may take its time, or fail. */
  ask(): Promise<string>
  isValid(token: string): boolean
  /** The server takes only those that are given out from now on. */
  expire(): void
  /** The user's function: it works, is slow, fails, or brings the same token again. */
  refresh(): Promise<void>
  /** The user logs in anew. */
  renew(): void
  /** Whether the last refresh brought what had been refused. */
  readonly isStale: boolean
  /** From now on everything works. */
  heal(): void
}

export function createTokens(world: World, random: Random, isUsed: boolean, trouble: number, mayEnd: boolean): Tokens {
  let held = 1
  let oldestValid = 1
  let isTroubled = true
  let isStale = false

  const wait = (ms: number) => new Promise<void>((resolve) => world.onClient(ms, resolve))
  const goesWrong = (share: number) => isTroubled && random.chance(trouble * share)

  return {
    isUsed,
    async ask() {
      if (goesWrong(0.1)) await wait(random.whole(1, 6000))
      if (goesWrong(0.05)) throw new Error('no token')
      return `t${held}`
    },
    isValid: (token) => !isUsed || Number(token.slice(1)) >= oldestValid,
    expire() {
      world.trace('server: lets tokens expire')
      oldestValid = held + 1
    },
    async refresh() {
      const how = isTroubled
        ? random.pick(['works', 'works', 'works', 'slow', 'fails', mayEnd ? 'same' : 'fails'] as const)
        : 'works'
      world.trace(`a refresh of credentials ${how}`)
      isStale = how === 'same'
      if (how === 'slow') await wait(random.whole(100, 40_000))
      if (how === 'fails') throw new Error('no refresh')
      if (how !== 'same') held = Math.max(held, oldestValid)
    },
    renew() {
      held = Math.max(held, oldestValid)
    },
    get isStale() {
      return isStale
    },
    heal: () => void (isTroubled = false),
  }
}
