import { refuse } from './errors.ts'
import type { Request, RequestHandler } from 'express'

/** Whom the server lets restart it, cut everybody off, and read its log. */
export type ControlPolicy = 'local' | 'anybody' | 'nobody'

export type MayControl = (req: Request) => boolean

const loopback = /^(?:::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/
/** Any other name is one that somebody has made to mean this machine: DNS rebinding. */
const ownName = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/

/**
 * Judges who asks for what concerns all visitors. `local` is the machine that the server runs on; a proxy on it has to
 * say for whom it asks (`X-Forwarded-For`), as proxies do.
 */
export function mayControl(policy: ControlPolicy): MayControl {
  if (policy !== 'local') return () => policy === 'anybody'
  return (req) => {
    const via = req.get('X-Forwarded-For')?.split(',') ?? []
    const isNear = [req.socket.remoteAddress ?? '', ...via].every((address) => loopback.test(address.trim()))
    return isNear && ownName.test(req.get('Host') ?? '')
  }
}

export function onlyForControl(may: MayControl): RequestHandler {
  return (req, res, next) => {
    if (may(req)) return next()
    refuse(res, 403, 'NOT_YOURS', 'This concerns everybody, and is left to the machine that the server runs on.')
  }
}
