import { nameChannel } from './channel.ts'
import { sleep } from './env.ts'
import { checkShape, formEvents } from './shape.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Channel, ChannelName } from './channel.ts'
import type { Shape } from './shape.ts'

/** Puts an event into a channel at once. */
export type PublishNow = (name: ChannelName, event: unknown) => Promise<Position>

/** What settles when the events that wait for it are published. */
interface Outcome {
  readonly promise: Promise<Position>
  readonly resolve: (position: Position) => void
  readonly reject: (reason: unknown) => void
}

/** A channel that was published to, and has to wait before it is again. */
interface Lane {
  readonly name: ChannelName
  readonly shape: Shape
  events: unknown[]
  outcome: Outcome | undefined
  rest: AbortController
}

/** Publishes to some channels at most so often, and joins what comes in between. */
export class Shaper {
  readonly #publishNow: PublishNow
  readonly #shapes = new Map<string, Shape>()
  readonly #lanes = new Map<string, Lane>()

  constructor(publishNow: PublishNow) {
    this.#publishNow = publishNow
  }

  /** Whether nothing waits, and nothing rests. */
  get isIdle(): boolean {
    return this.#lanes.size === 0
  }

  /** Whether what is published there may be joined with what comes before and after. */
  isShaped(name: ChannelName): boolean {
    return this.#shapeOf(name) !== undefined
  }

  publish(name: ChannelName, event: unknown): Promise<Position> {
    let lane = this.#lanes.get(name.key)
    const shape = lane?.shape ?? this.#shapeOf(name)
    if (!shape) return this.#publishNow(name, event)
    const isFirst = !lane
    lane ??= { name, shape, events: [], outcome: undefined, rest: new AbortController() }
    this.#lanes.set(name.key, lane)
    lane.events.push(event)
    const { promise } = (lane.outcome ??= createOutcome())
    if (isFirst) void this.#release(lane)
    return promise
  }

  /** Publishes what waits, on one channel or on all. */
  async flush(key?: string): Promise<void> {
    const due = [...this.#lanes.values()].filter(({ name }) => key === undefined || name.key === key)
    await Promise.all(
      due.map((lane) => {
        // What is published while this waits for the broker begins a lane of its own.
        this.#lanes.delete(lane.name.key)
        lane.rest.abort()
        const released = this.#release(lane)
        lane.rest.abort()
        return released
      }),
    )
  }

  /** Shapes a channel, or all of a type, from now on. @returns what ends that. */
  shape(target: Channel | { readonly type: string }, shape: Shape): () => void {
    checkShape(shape)
    const key = targetKey(target)
    this.#shapes.set(key, shape)
    return () => {
      if (this.#shapes.get(key) === shape) this.#shapes.delete(key)
    }
  }

  #shapeOf({ key, label }: ChannelName): Shape | undefined {
    if (this.#shapes.size === 0) return undefined
    return this.#shapes.get(key) ?? this.#shapes.get(typeKey(label.slice(0, label.indexOf(':'))))
  }

  /** Publishes what waits, and rests; where nothing does, the channel has rested. */
  #release(lane: Lane): Promise<unknown> {
    const { events, outcome, name, shape } = lane
    if (!outcome) {
      if (this.#lanes.get(name.key) === lane) this.#lanes.delete(name.key)
      return Promise.resolve()
    }
    lane.events = []
    lane.outcome = undefined
    const rest = (lane.rest = new AbortController())
    void sleep(1000 / shape.maxPerSecond, rest.signal).then(() => !rest.signal.aborted && this.#release(lane))
    return this.#publishAll(name, events, shape).then(outcome.resolve, (reason: unknown) => {
      outcome.reject(reason)
      if (rest.signal.aborted || lane.rest !== rest) return undefined
      // Nothing went out that it could rest from.
      rest.abort()
      return this.#release(lane)
    })
  }

  async #publishAll(name: ChannelName, events: readonly unknown[], shape: Shape): Promise<Position> {
    // Called one after the other, in one turn, so that they keep their order and leave in one write.
    const positions = await Promise.all(formEvents(events, shape).map((event) => this.#publishNow(name, event)))
    const last = positions.at(-1)
    if (!last) throw new TypeError('a shape must leave something to publish')
    return last
  }
}

function createOutcome(): Outcome {
  let resolve: Outcome['resolve'] = () => {}
  let reject: Outcome['reject'] = () => {}
  const promise = new Promise<Position>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}

function targetKey(target: Channel | { readonly type: string }): string {
  const isType = typeof target === 'object' && !('id' in target) && !('userId' in target)
  // Checked as an entity of that type would be.
  if (isType) nameChannel({ type: target.type, id: 'any' })
  return isType ? typeKey(target.type) : nameChannel(target).key
}

function typeKey(type: string): string {
  return `type:${type}`
}
