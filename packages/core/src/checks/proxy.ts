import type { AnswerHeaders } from './probe.ts'

interface Proxy {
  readonly name: string
  /** How to make it hand on what it gets. */
  readonly cure: string
}

const known: readonly (Proxy & { readonly isBehind: (headers: AnswerHeaders) => boolean })[] = [
  {
    name: 'nginx',
    isBehind: ({ server }) => /nginx|openresty/i.test(String(server)),
    cure: 'in the location of nginx: `proxy_buffering off;`, and no `proxy_ignore_headers X-Accel-Buffering`',
  },
  {
    name: 'Cloudflare',
    isBehind: (headers) => headers['cf-ray'] !== undefined || /cloudflare/i.test(String(headers.server)),
    cure: 'send `Content-Type: text/event-stream` and `Cache-Control: no-transform`, which keeps Cloudflare from buffering',
  },
  {
    name: 'Apache',
    isBehind: ({ server }) => /apache/i.test(String(server)),
    cure: 'in Apache: `flushpackets=on` for this ProxyPass, and no mod_deflate for text/event-stream',
  },
]

/** What stands in front of the server, as far as its answers tell. */
export function proxyOf(headers: AnswerHeaders): Proxy {
  const found = known.find(({ isBehind }) => isBehind(headers))
  if (found) return found
  const name = headers.via === undefined ? 'something in front of the server' : `a proxy (Via: ${headers.via})`
  return { name, cure: 'turn off response buffering in the proxy, or in middleware that wraps responses' }
}
