import { refuse } from './errors.ts'
import type { Request, RequestHandler } from 'express'

/**
 * Refuses what pages of other sites would have a visitor's browser do here. Cookies need not be in it: a server that
 * listens on a visitor's own machine is reached by every page that he looks at.
 */
export const refuseOtherSites: RequestHandler = (req, res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD' || isOwn(req)) return next()
  refuse(res, 403, 'OTHER_SITE', 'This has to be asked for by a page of this server.')
}

/** Programs that are no browser send neither header. */
function isOwn(req: Request): boolean {
  // Stays right behind a proxy that tells no host; https://w3c.github.io/webappsec-fetch-metadata/
  const site = req.get('Sec-Fetch-Site')
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = req.get('Origin')
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === req.get('Host'))
}
