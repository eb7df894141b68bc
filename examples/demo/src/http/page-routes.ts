import { extname } from 'node:path'
import { Router } from 'express'
import { buildPages } from '../build-pages.ts'
import { userIn } from './session-routes.ts'

/** The page needs nothing from elsewhere, and may load nothing from elsewhere, but from the API where that is elsewhere. */
function contentSecurityPolicy(apiUrl: string | undefined): string {
  const api = apiUrl && URL.canParse(apiUrl) ? ` ${new URL(apiUrl).origin}` : ''
  return `default-src 'self'${api}; img-src 'self' data:${api}; base-uri 'none'; frame-ancestors 'self'`
}

/** Addresses that the page's own router knows. */
const pages = [
  '/',
  '/script',
  '/campaign',
  '/writing',
  '/chat',
  '/lab',
  '/lab/wire',
  '/lab/streams',
  '/lab/server',
  '/lab/tab',
]
/** Who somebody is who has never been here. */
const firstUser = 'ann'

/** The pages with their scripts and styles, all kept in memory. */
export async function pageRoutes(): Promise<Router> {
  const files = await buildPages()
  const policy = contentSecurityPolicy(process.env['VITE_API_BASE_URL'])
  const router = Router()
  for (const { name, content } of files) {
    // Express takes buffers and texts; a Uint8Array it would send as JSON.
    const body = typeof content === 'string' ? content : Buffer.from(content)
    if (name === 'index.html') {
      router.get(pages, (req, res) => {
        if (userIn(req.headers.cookie) === undefined) {
          res.cookie('demo_user', firstUser, { httpOnly: true, sameSite: 'lax', path: '/' })
        }
        res.set({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': policy }).type('html').send(body)
      })
      continue
    }
    // Their names hold a hash of what is in them.
    router.get(`/${name}`, (_req, res) => {
      res.set('Cache-Control', 'public, max-age=31536000, immutable').type(extname(name)).send(body)
    })
  }
  return router
}
