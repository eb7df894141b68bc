import type { EventMeta, Gap, StateChange, Stream, StreamError, StreamHandlers } from '@steadystream/core'
import type { Coverage } from './coverage.ts'
import type { Ledger } from './ledger.ts'
import type { Reading } from './reading.ts'
import type { ConsumerKind } from './scenario.ts'
import type { World } from './world.ts'

interface Payload {
  readonly number: number
}

/** One user of a stream, and the account that is kept of what it gets. */
export interface Subscriber {
  readonly name: string
  readonly stream: Stream<Payload>
  readonly ledger: Ledger
  readonly isOpen: boolean
  readonly isBusy: boolean
  /** Events given since its place was set. */
  readonly given: number
  /** Counters of the connection when its place was set. */
  readonly acceptedBefore: number
  begin(isResumed: boolean): void
  /** Its stream was started: a loop over it begins. */
  started(): void
  close(): void
  /** Checks what must hold whenever nothing is in motion. */
  check(maxBufferedEvents: number): void
}

export interface SubscriberHost {
  readonly world: World
  readonly reading: Reading
  readonly coverage: Coverage
  /** Events may wait although nobody is busy. */
  readonly isBatched: boolean
  readonly dropsEvents: boolean
  /** How long the user's code takes for the next event, in milliseconds. */
  patience(): number
  open(handlers: StreamHandlers<Payload>): Stream<Payload>
  failed(error: StreamError): void
  stateChanged(change: StateChange): void
  gaveUp(): void
}

const states = ['connecting', 'connected', 'retrying', 'disconnected', 'error']

// What one read may bring beyond the bound: a piece of 1,024 bytes in events of at least 32.
const oneRead = 32

export function createSubscriber(name: string, kind: ConsumerKind, ledger: Ledger, host: SubscriberHost): Subscriber {
  const { world, reading, coverage } = host
  let isOpen = true
  let isBusy = false
  let given = 0
  let acceptedBefore = 0
  let committed = ''
  let life = 0
  let lastState = 'disconnected'

  function take({ number }: Payload, { id }: EventMeta): Promise<void> | undefined {
    if (!isOpen) world.fail(`${name} got #${number} after it was closed`)
    if (isBusy) world.fail(`${name} got #${number} while it was busy with the one before`)
    // What set the place before it has been handled by now.
    if (given === 0) committed = ledger.id
    given++
    ledger.event(number, id)
    world.trace(`${name}: #${number}`)
    const ms = kind === 'prompt' ? 0 : host.patience()
    if (ms === 0) {
      commit(life)
      return undefined
    }
    isBusy = true
    const ownLife = life
    return new Promise((resolve) => {
      world.onClient(ms, () => {
        if (life === ownLife) isBusy = false
        commit(ownLife)
        resolve()
      })
    })
  }

  function commit(ownLife: number): void {
    if (ownLife === life) committed = ledger.id
  }

  const handlers: StreamHandlers<Payload> = {
    ...(kind !== 'iterating' && { onData: take }),
    onGap(gap: Gap) {
      world.trace(`${name}: gap ${JSON.stringify(gap)}`)
      if (gap.kind === 'dropped') coverage.hit('events dropped')
      ledger.gap(gap)
      commit(life)
    },
    onStateChange(change) {
      const { state, previous, reason, attempt, retryInMs, transport } = change
      const wait = retryInMs === undefined ? '' : `, in ${retryInMs} ms`
      world.trace(`${name}: ${previous} -> ${state} (${reason}, attempt ${attempt}${wait}, ${transport})`)
      if (reason === 'fallback' || reason === 'upgrade') coverage.hit(reason, previous)
      // Else the link was ended for another reason before.
      if (reason === 'full' && previous === 'connected') coverage.hit(reason, previous)
      if (!states.includes(state)) world.fail(`${state} is no state`)
      if (previous !== lastState) world.fail(`${name} went from ${previous} to ${state}, and was ${lastState}`)
      lastState = state
      host.stateChanged(change)
      if (state === 'error') host.gaveUp()
      // The failure has ended the loop, and what came back by itself is to be looped over anew.
      if (previous === 'error' && kind === 'iterating') world.onClient(0, () => isOpen && void iterate(life))
    },
    onError(error) {
      world.trace(`${name}: ${error.code} ${error.message}`)
      host.failed(error)
    },
    onComplete() {
      world.trace(`${name}: complete`)
      isOpen = false
      if (!ledger.isComplete()) world.fail(`${name} is told of completion, and was neither given nor told of the rest`)
    },
    onInvalid: (error) => world.fail(`${name} got an invalid event: ${error.message}`),
  }
  const stream = host.open(handlers)

  async function iterate(ownLife: number): Promise<void> {
    try {
      for await (const { data, type, id } of stream) {
        await take(data, { type, id })
        commit(ownLife)
      }
    } catch (error) {
      world.trace(`${name}: the loop ended with ${String(error)}`)
    }
  }

  return {
    name,
    stream,
    ledger,
    get isOpen() {
      return isOpen
    },
    get isBusy() {
      return isBusy
    },
    get given() {
      return given
    },
    get acceptedBefore() {
      return acceptedBefore
    },
    begin(isResumed) {
      life++
      isOpen = true
      isBusy = false
      given = 0
      acceptedBefore = reading.accepted
      ledger.begin(reading.cursor, isResumed)
      committed = ledger.id
    },
    started() {
      if (kind === 'iterating') void iterate(life)
    },
    close() {
      isOpen = false
      stream.close()
    },
    check(maxBufferedEvents) {
      const buffered = reading.accepted - acceptedBefore - given
      if (isOpen && !host.dropsEvents && buffered > maxBufferedEvents + oneRead)
        world.fail(`${name} has ${buffered} events waiting`)
      if (!states.includes(stream.state)) world.fail(`${stream.state} is no state`)
      if (life > 0 && stream.state !== lastState) world.fail(`${name} is ${stream.state}, and was told ${lastState}`)
      checkCommitted()
    },
  }

  function checkCommitted(): void {
    // The connected event sets a place before the first event; nobody is called for it, and so nobody knows when.
    if (given === 0 && host.isBatched) return
    if (given === 0) committed = ledger.id
    if (isOpen && stream.lastEventId !== committed) {
      world.fail(`${name} has committed ${stream.lastEventId}, and has handled ${committed}`)
    }
  }
}
