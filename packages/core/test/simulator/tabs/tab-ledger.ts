import type { ConnectionState, Gap } from '@steadystream/core'
import type { NumbersServer } from '../../support/numbers-server.ts'

/** One tab's account: every number once and in order, and exactly what the server could not supply in gaps. */
export interface TabLedger {
  /** The number up to which it has or knows of everything. */
  readonly last: number | undefined
  number(number: number): void
  gap(gap: Gap): void
  /**
   * The stream tells of its state. Once it is connected, what is published from there on must come.
   * @param isPlaced whether it knows where to go on
   */
  changed(state: ConnectionState, isPlaced: boolean): void
  /** Its user has closed the stream, and starts it again. */
  restarted(): void
}

export function createTabLedger(server: NumbersServer, fromStart: boolean, fail: (message: string) => void): TabLedger {
  let last: number | undefined = fromStart ? 0 : undefined
  /** Of a tab without a place, the newest number when it was told that it is connected. */
  let newest: number | undefined
  /** Where the server knows of nothing: the newest number when a gap was declared, behind which no number has come yet. */
  let declared: number | undefined
  let links = 0
  let gaps = 0

  return {
    get last() {
      return declared === undefined ? last : Math.max(declared, last ?? 0)
    },
    number(number) {
      const isBehind = last !== undefined && number !== last + 1
      if (isBehind && (declared === undefined || number <= last!)) fail(`#${number} came after #${last}`)
      const isFirst = last === undefined && declared === undefined
      if (isFirst && number > (newest ?? Infinity) + 1) fail(`#${number} came first, after #${newest}`)
      last = number
      declared = undefined
    },
    gap({ kind, from, to }) {
      const told = `${from}..${to}`
      if (server.speaks === 'ids') fail(`a gap ${told}, and the server replays everything`)
      if (server.speaks === 'nothing') {
        if (kind !== 'unknown' || told !== 'undefined..undefined')
          fail(`a gap of the kind ${kind}, ${told}, without IDs`)
        if (++gaps > links) fail(`${gaps} gaps with ${links} links`)
        declared = server.top
        return
      }
      if (kind !== 'lost') fail(`a gap of the kind ${kind}`)
      if (!server.gaps.has(told)) fail(`a gap ${told}, which the server could have supplied`)
      if (last && from !== `e:${last}`) fail(`a gap from ${from} came after #${last}`)
      last = Number(to?.slice(2))
    },
    changed(state, isPlaced) {
      // One that is left in the turn in which it opens is told as the next.
      if (state !== 'disconnected') links++
      // Lost before it was told its place: the next link may begin later.
      if (state !== 'connected' && !isPlaced) newest = undefined
      if (state !== 'connected' || last !== undefined) return
      // A plain server gives no place before the first event.
      newest = server.speaks === 'positions' ? (newest ?? server.top) : server.top
    },
    restarted() {
      if (server.speaks === 'nothing') last = declared = newest = undefined
    },
  }
}
