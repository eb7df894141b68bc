import { Router } from 'express'
import { refuse } from './errors.ts'
import type { MayControl } from './control.ts'

const cookieName = 'demo_user'
const userPattern = /^[a-z0-9_-]{1,40}$/i

/** The user that a cookie names. */
export function userIn(cookie: string | undefined): string | undefined {
  const value = cookie
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${cookieName}=`))
    ?.slice(cookieName.length + 1)
  return value !== undefined && userPattern.test(value) ? value : undefined
}

/** Who looks at the pages. There is no password: the demo has nothing to hide, and shows where a session belongs. */
export function sessionRoutes(may: MayControl): Router {
  const router = Router()
  router.get('/api/session', (req, res) => {
    const userId = userIn(req.headers.cookie) ?? null
    res.set('Cache-Control', 'no-store').json({ userId, mayControl: may(req) })
  })
  router.post('/api/session', (req, res) => {
    const body: unknown = req.body
    const userId = typeof body === 'object' && body !== null && 'userId' in body ? body.userId : undefined
    if (typeof userId !== 'string' || !userPattern.test(userId)) {
      return refuse(res, 400, 'BAD_REQUEST', 'userId must be 1 to 40 letters, digits, _ or -.')
    }
    res.cookie(cookieName, userId, { httpOnly: true, sameSite: 'lax', path: '/' }).json({ userId })
  })
  return router
}
