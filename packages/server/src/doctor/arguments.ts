import { parseArgs } from 'node:util'

import type { Target, Trigger } from './target.ts'

export const usage = `Usage: steadystream-doctor <address> [options]

Examines a running server: what its streams look like from outside, and what to
do where they do not flow. <address> is a server (http://localhost:8000) or an
endpoint of it (http://localhost:8000/events).

  --sse <path>         event stream to examine; default: the address
  --ws <path>          WebSocket to examine
  --poll <path>        polling endpoint to examine
  --stats <path>       default: /api/realtime/stats
  --channel <name>     sent as ?channel= with the stream and polls
  --token <token>      sent as Authorization: Bearer
  --header <n: v>      sent with every request; may be repeated
  --origin <origin>    a page of this origin is to be allowed to read
  --trigger <request>  makes the server publish: 'POST /path {"json":1}'; the
                       endpoints that it answers (streamUrl, websocketUrl) are
                       examined where none are named
  --wait <seconds>     for a heartbeat that is not announced; default 20
  --timeout <seconds>  for what should come at once; default 3
  --json               one JSON object instead of lines
  --no-color           (or NO_COLOR=1)
  --help

Exit code: 0 all well, perhaps with warnings; 1 something failed; 2 wrong usage.
`

export interface Invocation {
  readonly target: Target
  readonly json: boolean
  readonly color: boolean
}

const options = {
  sse: { type: 'string' },
  ws: { type: 'string' },
  poll: { type: 'string' },
  stats: { type: 'string', default: '/api/realtime/stats' },
  channel: { type: 'string' },
  token: { type: 'string' },
  header: { type: 'string', multiple: true, default: [] as string[] },
  origin: { type: 'string' },
  trigger: { type: 'string' },
  wait: { type: 'string', default: '20' },
  timeout: { type: 'string', default: '3' },
  json: { type: 'boolean', default: false },
  'no-color': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/**
 * @returns `undefined` where help is asked for.
 * @throws {TypeError} saying what is wrong with the arguments.
 */
export function readArguments(args: readonly string[]): Invocation | undefined {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  if (values.help) return undefined
  const [address, ...more] = positionals
  if (address === undefined || more.length > 0) throw new TypeError('give one address, such as http://localhost:8000')
  const base = readAddress(address)
  const endpoint = (path: string | undefined) =>
    path === undefined ? undefined : readEndpoint(path, base, values.channel)
  // An address with a path is the stream itself; a server's root never is one.
  const ownPath = base.pathname === '/' && base.search === '' ? undefined : base.href
  const target: Target = {
    base,
    sse: endpoint(values.sse ?? ownPath),
    websocket: values.ws === undefined ? undefined : resolve(values.ws, base),
    polling: endpoint(values.poll),
    stats: resolve(values.stats, base),
    trigger: values.trigger === undefined ? undefined : readTrigger(values.trigger),
    headers: readHeaders(values.header, values.token),
    origin: values.origin,
    waitMs: readSeconds('wait', values.wait),
    timeoutMs: readSeconds('timeout', values.timeout),
  }
  return { target, json: values.json, color: !values['no-color'] }
}

function readAddress(text: string): URL {
  // `localhost:8000` alone would parse, with `localhost:` as its scheme.
  const address = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`
  if (!URL.canParse(address)) throw new TypeError(`${text} is no address`)
  const url = new URL(address)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError(`${text} is neither http nor https`)
  return url
}

function readEndpoint(path: string, base: URL, channel: string | undefined): URL {
  const url = resolve(path, base)
  if (channel !== undefined) url.searchParams.set('channel', channel)
  return url
}

function resolve(path: string, base: URL): URL {
  if (!URL.canParse(path, base)) throw new TypeError(`${path} is no path`)
  return new URL(path, base)
}

function readHeaders(given: readonly string[], token: string | undefined): Record<string, string> {
  const headers = given.map((header) => {
    const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(header) ?? []
    if (name === undefined || value === undefined) throw new TypeError(`--header takes "Name: value"`)
    return [name, value] as const
  })
  return { ...Object.fromEntries(headers), ...(token !== undefined && { Authorization: `Bearer ${token}` }) }
}

function readTrigger(text: string): Trigger {
  const [, method, path, body] = /^([A-Z]+) (\/\S*)(?: (.+))?$/s.exec(text) ?? []
  if (method === undefined || path === undefined) throw new TypeError(`--trigger takes 'POST /path {"json":1}'`)
  return { method, path, body }
}

function readSeconds(name: string, text: string): number {
  const seconds = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || seconds > 600) throw new TypeError(`--${name} takes seconds, up to 600`)
  return seconds * 1000
}
