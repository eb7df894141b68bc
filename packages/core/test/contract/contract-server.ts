import type { TransportFactory } from '../../src/index.ts'
import type { Provided } from '../../src/options.ts'
import type { ManualClock } from '../../src/testing/index.ts'

/** A server with one channel, as the contract suite drives it, and what of it a suite may rely on. */
export interface ContractServer {
  /** Where the transport under test finds it. */
  readonly url: string
  /** The transport under test. */
  make(url: Provided<string>): TransportFactory
  /** On a mock, what time there is; sockets have the runtime's. */
  readonly clock: ManualClock | undefined
  /** Lets time and traffic go on until `check` throws no more. */
  until(check: () => void): Promise<void>
  publish(...data: readonly unknown[]): Promise<void>
  complete(): Promise<void>
  /** Forgets everything, as a server without a disk does: the channel begins another life. */
  restart(): Promise<void>
  /** Breaks every link. */
  cut(): void
  /** Lets nobody in, or everybody again. */
  refuse(isRefusing: boolean): void
  /** From now on nobody hears anything more, nor of an end, and who dials gets no answer. */
  freeze(): void
  /** Requests and handshakes that have come. */
  readonly asked: number
  /** Those of them that are still held, and sockets that were upgraded. */
  readonly open: number
  /** Whether somebody is not reading what is sent to him. */
  readonly isBlocked: boolean
}

/** How a server comes to be. `history` is how many events it keeps. */
export type Serve = (options?: { readonly history?: number }) => Promise<ContractServer>

/** What a mock cannot do as a server does. */
export interface Limits {
  /** A mock of a socket is open before anybody can hold it back. */
  readonly holdsHandshake: boolean
  /** MSW does not tell a handler that its response was not wanted any more. */
  readonly seesRelease: boolean
  /** What is sent to a mock waits in memory, wherever that is. */
  readonly hasSockets: boolean
}
