import { fail, pass, warn } from './finding.ts'

import type { Finding } from './finding.ts'
import type { Probe } from './probe.ts'

/** Whether the answer is an event stream that nothing on the way may keep, cache or rewrite. */
export function examineHeaders({ status, headers }: Probe): Finding[] {
  const type = headers['content-type'] ?? 'none'
  if (status !== 200) return [fail('stream', `the answer is ${status}`, cureOf(status))]
  if (!/^text\/event-stream\s*(;|$)/i.test(type)) {
    return [
      fail('stream', `the content type is ${type}`, 'send `Content-Type: text/event-stream`, else clients give up'),
    ]
  }
  return [pass('stream', `200, ${type}`), examineCaching(headers['cache-control'] ?? '')]
}

function examineCaching(cacheControl: string): Finding {
  if (!/\b(no-store|no-cache|private)\b/i.test(cacheControl)) {
    return fail(
      'caching',
      cacheControl === '' ? 'there is no Cache-Control' : `Cache-Control is ${cacheControl}`,
      'send `Cache-Control: private, no-store, no-transform`: a cache would hand one stream to everybody',
    )
  }
  if (!/\bno-transform\b/i.test(cacheControl)) {
    return warn(
      'caching',
      `Cache-Control is ${cacheControl}`,
      'add `no-transform`: compressing proxies and middleware leave the stream alone then',
    )
  }
  return pass('caching', cacheControl)
}

/** `probe` asked for compression. */
export function examineCompression({ status, headers }: Probe): Finding {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (status !== 200) return fail('compression', `with Accept-Encoding the answer is ${status}`, cureOf(status))
  if (encoding === 'identity') return pass('compression', 'none, though it was offered')
  return fail(
    'compression',
    `the stream is compressed (${encoding}): events wait until the compressor has enough`,
    'leave text/event-stream out of compression, or send `Cache-Control: no-transform`',
  )
}

function cureOf(status: number): string {
  if (status === 401 || status === 403) return 'pass what lets you in: --token, or --header "Cookie: …"'
  if (status === 404) return 'name the endpoint: --sse /path, and --channel where the query names one'
  if (status === 204) return 'this stream is completed: choose one that is not'
  if (status >= 300 && status < 400)
    return 'give the address that it redirects to: redirects cost each reconnect a turn'
  if (status === 503 || status === 429)
    return 'the server takes no more streams now: ask again later, or raise its limits'
  return 'see the log of the server'
}
