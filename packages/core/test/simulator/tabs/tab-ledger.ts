import type { Gap } from '@steadystream/core'
import type { NumbersServer } from '../../support/numbers-server.ts'

/** One tab's account: every number once and in order, and exactly what the server could not supply in gaps. */
export interface TabLedger {
  readonly last: number | undefined
  number(number: number): void
  gap(gap: Gap): void
  /** The stream says that it is connected: what is published from here on must come. */
  connected(): void
}

export function createTabLedger(server: NumbersServer, fromStart: boolean, fail: (message: string) => void): TabLedger {
  let last: number | undefined = fromStart ? 0 : undefined
  /** Of a tab without a place, the newest number when it was told that it is connected. */
  let newest: number | undefined

  return {
    get last() {
      return last
    },
    number(number) {
      if (last !== undefined && number !== last + 1) fail(`#${number} came after #${last}`)
      if (last === undefined && number > (newest ?? Infinity) + 1) fail(`#${number} came first, after #${newest}`)
      last = number
    },
    gap({ kind, from, to }) {
      const told = `${from}..${to}`
      if (kind !== 'lost') fail(`a gap of the kind ${kind}`)
      if (!server.gaps.has(told)) fail(`a gap ${told}, which the server could have supplied`)
      if (last && from !== `e:${last}`) fail(`a gap from ${from} came after #${last}`)
      last = Number(to?.slice(2))
    },
    connected() {
      if (last === undefined) newest ??= server.top
    },
  }
}
