import { once } from 'node:events'

import { startHelper } from './helper.ts'

/** What is spoken on a connection. */
export type Speech = 'sse' | 'websocket' | 'socket.io'

/** Many connections that another process holds, and reads at once. */
export interface SinkSetup {
  readonly port: number
  readonly connections: number
  readonly speech: Speech
  readonly path?: string
}

/** What they are told to do in a round. */
export interface SinkOrder {
  /** Events that each connection is to receive, no more and no less. */
  readonly expected: number
  /** Of every so many connections one looks at the stamps of its events. None does where it is left out. */
  readonly sampleEvery?: number
  /** Leave and come back with this header first. */
  readonly reopenWith?: Readonly<Record<string, string>>
  /** For this round open one more connection, with this path, which never reads. */
  readonly stuckPath?: string
}

/** What they say when all of them have received all. */
export interface SinkAnswer {
  /** Empty where there is none. */
  readonly problem: string
  /** In milliseconds, of the events that were looked at. */
  readonly p50: number
  readonly p99: number
}

export interface Sinks {
  /** Resolves when all of `order` has come. @throws {Error} naming what went wrong. */
  receive(order: SinkOrder): Promise<SinkAnswer>
}

/** Resolves when each connection has been answered. */
export async function startSinks(setup: SinkSetup): Promise<Sinks> {
  const { child } = await startHelper('sinks', JSON.stringify(setup))
  return {
    async receive(order) {
      const answered = once(child, 'message')
      child.send(order)
      const [answer] = (await answered) as [SinkAnswer] // as sinks.ts sends it
      if (answer.problem) throw new Error(answer.problem)
      return answer
    },
  }
}
