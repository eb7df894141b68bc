import { formatPosition, parsePosition } from '../../src/protocol/index.ts'
import { answer, complete, event, gap } from './scripted-fetch.ts'

/** A channel with history, as an endpoint of ours would poll it. */
export interface PollChannel {
  publish(...data: readonly unknown[]): void
  /** Ends the channel. */
  complete(): void
  /** Begins another life of the channel: what was published before is gone, and its positions mean nothing any more. */
  restart(): void
  /** Forgets all but the last `count` events. */
  keep(count: number): void
  /** Answers a query, once there is something to tell or when `held` settles. */
  answer(query: URLSearchParams, held?: Promise<unknown>): Promise<unknown>
  /** Requests that are held. */
  readonly held: number
}

export function createPollChannel(): PollChannel {
  let life = 1
  let log: unknown[] = []
  let lost = 0
  let isComplete = false
  const waiting = new Set<() => void>()

  const top = () => lost + log.length
  const place = (offset: number) => formatPosition({ epoch: `life${life}`, offset })
  const wake = () => {
    for (const each of [...waiting]) each()
  }

  function tell(since: string, fromStart: boolean): unknown[] {
    const asked = parsePosition(since)
    const isHonoured = fromStart || (asked?.epoch === `life${life}` && asked.offset >= lost && asked.offset <= top())
    const isFresh = !since && !fromStart
    const after = isFresh || !isHonoured ? (isFresh ? top() : lost) : fromStart ? lost : (asked?.offset ?? 0)
    const told: unknown[] = isHonoured || isFresh ? [] : [gap(place(lost), since)]
    for (let offset = after; offset < top(); offset++) told.push(event(place(offset + 1), log[offset - lost]))
    return isComplete ? [...told, complete(place(top()))] : told
  }

  return {
    publish(...data) {
      log.push(...data)
      wake()
    },
    complete() {
      isComplete = true
      wake()
    },
    restart() {
      life++
      log = []
      lost = 0
      wake()
    },
    keep(count) {
      lost += Math.max(log.length - count, 0)
      log = log.slice(-count)
    },
    async answer(query, held = new Promise(() => {})) {
      const since = query.get('since') ?? ''
      const fromStart = query.get('from') === 'start'
      if (query.get('wait') && !tell(since, fromStart).length) {
        let woken = () => {}
        await Promise.race([held, new Promise<void>((resolve) => waiting.add((woken = resolve)))])
        waiting.delete(woken)
      }
      return answer(place(top()), ...tell(since, fromStart))
    },
    get held() {
      return waiting.size
    },
  }
}
