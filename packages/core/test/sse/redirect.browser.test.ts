import { expect, onTestFinished, test } from 'vitest'

import { corePage } from './bundle-core.ts'
import { chromiumPath, launchChromium } from './chromium.ts'
import { serve, stream } from './origin.ts'

// A browser hides where a redirect leads, so the client cannot follow by hand there: it has to ask again, and lets the
// browser follow. What has a body may have been acted on by then, and is not sent again.

test.skipIf(chromiumPath === '').each([
  ['GET', undefined, 302, 'a', ['/from', '/from', '/to']],
  ['POST', 'ask', 303, 'REDIRECT', ['/from']],
  ['POST', 'ask', 307, 'REDIRECT', ['/from']],
])(
  'trap 34: a %s with headers (body %s) and a %i: nothing is posted twice',
  async (method, body, status, outcome, paths) => {
    const html = await corePage()
    const origin = await serve((response, { path }) => {
      if (path === '/') response.writeHead(200, { 'Content-Type': 'text/html' }).end(html)
      else if (path === '/from') response.writeHead(status, { Location: '/to' }).end()
      else if (path === '/to') stream(response, 'data: a\n\n').end()
      else response.writeHead(404).end()
    })
    const browser = await launchChromium()
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    await page.goto(origin.url)
    const data = await page.evaluate(
      (request) =>
        new Promise<string>((resolve) => {
          window.steadystream.createEnhancedSSEStream<string>(
            '/from',
            { onData: resolve, onError: ({ code }) => resolve(code) },
            { ...request, headers: { 'X-Api-Key': '1' }, parse: 'text', reconnectOnClose: false },
          )
        }),
      { method, ...(body === undefined ? {} : { body }) },
    )
    expect(data).toBe(outcome)
    expect(origin.seen.map(({ path }) => path).filter((path) => path === '/from' || path === '/to')).toEqual(paths)
  },
)
