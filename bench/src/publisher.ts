import type { Server } from 'node:http'
import type { Speech } from './sink-orders.ts'

/** Sends events to everyone who has asked for them. */
export interface Publisher {
  readonly speech: Speech
  /** What is asked for on the server. */
  readonly path?: string
  /** Serves all who come to this server. */
  attach(server: Server): void
  /** Sends the events of one turn. */
  publish(events: readonly object[]): void
}

export type MakePublisher = () => Publisher
