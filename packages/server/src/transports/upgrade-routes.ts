import { refuseUpgrade, surviveErrors } from './upgrade-response.ts'

import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** Answers one upgrade. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer, url: URL) => void

interface Routes {
  readonly handlers: Map<string, UpgradeHandler>
  readonly listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

/** One listener for each HTTP server, however many share it: only so it is known which path is nobody's. */
const routesOf = new WeakMap<EventEmitter, Routes>()

/**
 * Hands the upgrades of one path to `handler`; `/path/*` is all below `/path/`. Other paths are left to other listeners
 * of the server, and answered 404 where there are none, as nobody else would answer them.
 * @returns what undoes it.
 * @throws {TypeError} if the path is taken.
 */
export function routeUpgrades(server: EventEmitter, path: string, handler: UpgradeHandler): () => void {
  const { handlers, listener } = routesOf.get(server) ?? listen(server)
  if (handlers.has(path)) throw new TypeError(`path ${path} is attached to this server already`)
  handlers.set(path, handler)
  return () => {
    if (handlers.get(path) !== handler) return
    handlers.delete(path)
    if (handlers.size > 0) return
    server.off('upgrade', listener)
    routesOf.delete(server)
  }
}

function listen(server: EventEmitter): Routes {
  const handlers: Routes['handlers'] = new Map()
  const listener: Routes['listener'] = (request, socket, head) => {
    const url = readTarget(request.url ?? '')
    const handler = url && findHandler(handlers, url.pathname)
    if (!handler && server.listenerCount('upgrade') > 1) return
    surviveErrors(socket)
    if (handler) handler(request, socket, head, url)
    else refuseUpgrade(socket, { status: 404, code: 'NOT_FOUND', message: 'there is no WebSocket here' })
  }
  const routes = { handlers, listener }
  routesOf.set(server, routes)
  server.on('upgrade', listener)
  return routes
}

/** Only what begins with a slash: a target in another form names a host, which is not to be mixed up with the path. */
function readTarget(target: string): URL | undefined {
  const text = `http://localhost${target}`
  return target.startsWith('/') && URL.canParse(text) ? new URL(text) : undefined
}

function findHandler(handlers: Routes['handlers'], path: string): UpgradeHandler | undefined {
  const exact = handlers.get(path)
  if (exact) return exact
  for (const [pattern, handler] of handlers) {
    if (pattern.endsWith('/*') && path.startsWith(pattern.slice(0, -1))) return handler
  }
  return undefined
}
