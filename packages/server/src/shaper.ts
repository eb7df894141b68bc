import { nameChannel } from './channel.ts'
import { sleep } from './env.ts'
import { checkShape, formEvents } from './shape.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Channel, ChannelName } from './channel.ts'
import type { Shape } from './shape.ts'

/** Puts an event into a channel at once. */
export type PublishNow = (name: ChannelName, event: unknown) => Promise<Position>

/** Publishes to some channels at most so often, and joins what comes in between. */
export interface Shaper {
  publish(name: ChannelName, event: unknown): Promise<Position>
  isShaped(name: ChannelName): boolean
  /** Whether nothing waits, and nothing rests. */
  readonly isIdle: boolean
  /** Publishes what waits, on one channel or on all. */
  flush(key?: string): Promise<void>
  /** Shapes a channel, or all of a type, from now on. @returns what ends that. */
  shape(target: Channel | { readonly type: string }, shape: Shape): () => void
}

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

export function createShaper(publishNow: PublishNow): Shaper {
  const shapes = new Map<string, Shape>()
  const lanes = new Map<string, Lane>()

  function shapeOf({ key, label }: ChannelName): Shape | undefined {
    if (shapes.size === 0) return undefined
    return shapes.get(key) ?? shapes.get(typeKey(label.slice(0, label.indexOf(':'))))
  }

  /** Publishes what waits, and rests; where nothing does, the channel has rested. */
  function release(lane: Lane): Promise<unknown> {
    const { events, outcome, name, shape } = lane
    if (!outcome) {
      lanes.delete(name.key)
      return Promise.resolve()
    }
    lane.events = []
    lane.outcome = undefined
    const rest = (lane.rest = new AbortController())
    void sleep(1000 / shape.maxPerSecond, rest.signal).then(() => !rest.signal.aborted && release(lane))
    return publishAll(name, events, shape).then(outcome.resolve, outcome.reject)
  }

  async function publishAll(name: ChannelName, events: readonly unknown[], shape: Shape): Promise<Position> {
    // Called one after the other, in one turn, so that they keep their order and leave in one write.
    const positions = await Promise.all(formEvents(events, shape).map((event) => publishNow(name, event)))
    const last = positions.at(-1)
    if (!last) throw new TypeError('a shape must leave something to publish')
    return last
  }

  return {
    get isIdle() {
      return lanes.size === 0
    },

    isShaped: (name) => shapeOf(name) !== undefined,

    publish(name, event) {
      let lane = lanes.get(name.key)
      const shape = lane?.shape ?? shapeOf(name)
      if (!shape) return publishNow(name, event)
      const isFirst = !lane
      lane ??= { name, shape, events: [], outcome: undefined, rest: new AbortController() }
      lanes.set(name.key, lane)
      lane.events.push(event)
      const { promise } = (lane.outcome ??= createOutcome())
      if (isFirst) void release(lane)
      return promise
    },

    async flush(key) {
      const due = [...lanes.values()].filter(({ name }) => key === undefined || name.key === key)
      await Promise.all(
        due.map(async (lane) => {
          lane.rest.abort()
          await release(lane)
          lane.rest.abort()
          lanes.delete(lane.name.key)
        }),
      )
    },

    shape(target, shape) {
      checkShape(shape)
      const key = targetKey(target)
      shapes.set(key, shape)
      return () => {
        if (shapes.get(key) === shape) shapes.delete(key)
      }
    },
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
