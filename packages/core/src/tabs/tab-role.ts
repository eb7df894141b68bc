import type { Link, SendData, Transport } from '../transports/transport.ts'
import type { RelayChannels } from './channel-relay.ts'
import type { RelayLog } from './relay-log.ts'
import type { Message } from './relay.ts'

/** What a tab does for one link of its stream: it holds the connection, or is told what another tab's brings. */
export interface TabRole {
  /** Whether it has the connection, alone or for others. */
  readonly leads: boolean
  readonly isAlone: boolean
  /** Whether it asks the server itself for what another tab does not have any more. */
  readonly isBehind?: boolean
  /** Name of the transport that another tab uses. */
  readonly transport?: string | undefined
  heard(message: Message): void
  send(data: SendData): 'sent' | 'queued' | 'refused'
  /** The tab has the group's lock now. */
  promote?(wasStolen: boolean): void
  /** The link is over. */
  end(): void
}

/** What both roles work with. */
export interface RoleHost {
  /** Of this tab and this link. */
  readonly id: string
  readonly link: Link
  readonly real: Transport
  readonly log: RelayLog
  post(...message: Message): void
  readonly relayChannels?: RelayChannels | undefined
  /** Gives the link up and dials another one at once. */
  redial(): void
}
