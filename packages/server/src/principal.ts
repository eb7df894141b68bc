import type { IncomingHttpHeaders } from 'node:http'
import type { Channel } from './channel.ts'
import type { HttpRequest } from './http-messages.ts'
import type { TransportName } from './transports/wire.ts'

/** Who is behind a connection, as `authenticate` found. Claims of your own stand beside, for `authorize`. */
export interface Principal {
  /** Whose connections are counted together and can be ended together; left out for somebody without a name. */
  readonly userId?: string | undefined
  /** When connections end unless they are given new credentials: milliseconds since 1970, or a `Date`. */
  readonly expiresAt?: number | Date | undefined
  readonly [claim: string]: unknown
}

/** What `authenticate` sees of a request, whatever the transport and the framework. */
export interface RealtimeRequest {
  /** By lower-case name. A WebSocket of another origin has no `cookie` here unless `cors.credentials` is on. */
  readonly headers: IncomingHttpHeaders
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /**
   * From `Authorization: Bearer <token>`, the WebSocket subprotocol `bearer.<token in base64url>`, an `auth` message, or
   * the query parameter that the option `tokenInQuery` names.
   */
  readonly token: string | undefined
  /** The client's address, as `trustProxy` has it; `undefined` where nobody knows. */
  readonly ip: string | undefined
  readonly transport: TransportName
  /** What the server or framework made, for what middleware has put there. */
  readonly raw: HttpRequest
}

/** What somebody wants to do: read a channel by whatever transport, write to one, or see the stats. */
export type Action = 'subscribe' | 'publish' | 'stats'

/** Whom a request is from; `undefined` refuses it. What it throws refuses, too, and is told to nobody. */
export type Authenticate = (
  request: RealtimeRequest,
) => Principal | undefined | null | Promise<Principal | undefined | null>

/**
 * Whether somebody may do this. Only `true` lets him; a rejection or an exception does not. `principal` is `undefined`
 * where there is no `authenticate`; `channel` is, where the action is `stats`.
 */
export type Authorize = (
  principal: Principal | undefined,
  action: Action,
  channel: Channel | undefined,
) => boolean | Promise<boolean>

const bearerHeader = /^Bearer +(\S+)$/i
const bearerProtocol = /(?:^|,)\s*bearer\.([\w-]+={0,2})\s*(?=,|$)/

/** The token of a request, from the first place that holds one. */
export function readToken(
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
  tokenInQuery: string | undefined,
): string | undefined {
  const inHeader = bearerHeader.exec(headers.authorization ?? '')?.[1]
  const offered = bearerProtocol.exec(headers['sec-websocket-protocol'] ?? '')?.[1]
  const inProtocol = offered && Buffer.from(offered, 'base64url').toString()
  return inHeader ?? inProtocol ?? (tokenInQuery && query.get(tokenInQuery)) ?? undefined
}
