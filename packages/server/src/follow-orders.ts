import { advance } from './resume.ts'
import { createSweep } from './sweep.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Backplane } from './backplanes/backplane.ts'
import type { ChannelEvent } from './channel-event.ts'

/** Hears of what is ordered on one channel, by any process, from a moment on. */
export interface OrderFollower {
  /** Begins, unless it has. What the backplane refuses is tried again until it does not, or `stop` is called. */
  begin(): void
  stop(): void
}

export interface OrderSetup {
  readonly backplane: Pick<Backplane, 'read' | 'subscribe'>
  readonly key: string
  /** Called for each, in order. One may come twice where the link is lost meanwhile. */
  readonly take: (event: ChannelEvent) => void
  /** Called where it fails, and not again before it has gone well. */
  readonly onFailure: (error: unknown) => void
}

const retryMs = 1000
const pageLimit = 256

export function followOrders({ backplane, key, take, onFailure }: OrderSetup): OrderFollower {
  /** Up to here all have been taken. */
  let last: Position | undefined
  let isSubscribed = false
  /** Whether there may be some behind it that are not brought. */
  let isBehind = false
  let isReading = false
  let isFailing = false
  let isStopped = false
  const retry = createSweep(retryMs, catchUp)

  function receive(event: ChannelEvent): void {
    const ahead = last?.epoch === event.epoch ? event.offset - last.offset : undefined
    if (ahead !== undefined && ahead <= 0) return
    if (isReading || ahead !== 1) return fallBehind()
    last = event
    take(event)
  }

  function fallBehind(): void {
    isBehind = true
    catchUp()
  }

  function catchUp(): void {
    if (isReading || isStopped) return
    isReading = true
    readOn().then(
      () => settle(false),
      (error: unknown) => {
        isBehind = true
        if (!isFailing && !isStopped) onFailure(error)
        settle(true)
      },
    )
  }

  function settle(hasFailed: boolean): void {
    isReading = false
    isFailing = hasFailed
    if (hasFailed && !isStopped) retry.start()
    else retry.stop()
    // One that came when all had been read.
    if (isBehind && !hasFailed) catchUp()
  }

  async function readOn(): Promise<void> {
    // What was ordered before is no concern of those who connect from now on.
    let at = (last ??= await readTop())
    if (!isSubscribed) {
      await backplane.subscribe(key, { event: receive, missed: fallBehind, complete() {} })
      isSubscribed = true
    }
    while (isBehind) {
      // Whatever comes from here on may not be in the page.
      isBehind = false
      for (let before: Position | undefined, top = Infinity; at !== before && at.offset < top;) {
        before = at
        const page = await backplane.read(key, { after: at.offset, limit: pageLimit })
        const { events, cursor } = advance(at, page)
        top = page.top
        last = at = cursor
        events.forEach(take)
      }
    }
  }

  async function readTop(): Promise<Position> {
    const { epoch, top } = await backplane.read(key, { after: 0, limit: 0 })
    return { epoch, offset: top }
  }

  return {
    begin() {
      // What comes between the first read and the subscription is not brought.
      if (!isSubscribed) fallBehind()
    },
    stop() {
      isStopped = true
      retry.stop()
    },
  }
}
