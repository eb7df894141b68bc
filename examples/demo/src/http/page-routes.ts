import { readFile } from 'node:fs/promises'
import { Router } from 'express'
import { bundlePageScript } from '../bundle.ts'

/** The page needs nothing from elsewhere, and may load nothing from elsewhere. */
const contentSecurityPolicy = "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"

/** The page, its style and its script, all kept in memory. */
export async function pageRoutes(): Promise<Router> {
  const read = (name: string) => readFile(new URL(`../page/${name}`, import.meta.url), 'utf8')
  const [html, style, script] = await Promise.all([read('index.html'), read('style.css'), bundlePageScript()])
  const router = Router()

  function serve(path: string, type: string, text: string): void {
    router.get(path, (_req, res) => {
      res.set({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': contentSecurityPolicy }).type(type).send(text)
    })
  }

  serve('/', 'html', html)
  serve('/style.css', 'css', style)
  serve('/page.js', 'js', script)
  return router
}
