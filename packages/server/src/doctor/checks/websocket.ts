import { fail, pass, skip, warn } from '@steadystream/core/checks'

import { closeCodes, subprotocol } from '@steadystream/core/protocol'
import { WebSocket } from 'ws'

import { sleep } from '../../env.ts'

import type { Finding } from '@steadystream/core/checks'
import type { Target } from '../target.ts'

const strangeOrigin = 'https://doctor.invalid'

/** Whether a WebSocket opens, speaks the protocol, and refuses pages of strangers. */
export async function examineWebSocket(target: Target): Promise<Finding> {
  const { websocket: url } = target
  if (!url) return skip('websocket', 'pass --ws /path to test it')
  const talk = await converse(url, target)
  if (talk.refused !== undefined) return refused(talk.refused, url)
  if (talk.code === closeCodes.unauthorized.code) return refused(401, url)
  if (!talk.said.includes('connected')) {
    return fail('websocket', 'it opens, but nothing is said', `serve ${subprotocol} there: realtime.attachWebSocket`)
  }
  if (!talk.said.includes('pong')) return fail('websocket', 'a ping is not answered', 'see the log of the server')
  const strange = await converse(url, target, strangeOrigin)
  if (strange.refused === undefined) {
    return warn(
      'websocket',
      'pages of any origin may connect',
      'check `Origin` at the upgrade, as attachWebSocket does: browsers send cookies along',
    )
  }
  return pass('websocket', `speaks ${subprotocol}, answers pings, refuses strange origins`)
}

function refused(status: number | string, url: URL): Finding {
  if (status === 401 || status === 403) {
    return fail('websocket', `the upgrade is answered ${status}`, 'pass what lets you in: --token, --header, --origin')
  }
  if (status === 400 || status === 426 || status === 200) {
    return fail(
      'websocket',
      `the upgrade is answered ${status}: it did not reach the server as one`,
      'in nginx: `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";`',
    )
  }
  return fail('websocket', `${url.pathname}: ${status}`, 'name the endpoint: --ws /path')
}

interface Talk {
  /** Status of a refused upgrade, or what failed. */
  readonly refused?: number | string
  /** Of the close frame, where one came. */
  readonly code?: number
  /** Types of the envelopes received. */
  readonly said: readonly string[]
}

/** Opens, says ping, and listens until there was an answer to that, or time is up. */
async function converse(url: URL, { headers, origin, timeoutMs }: Target, from = origin): Promise<Talk> {
  const ws = new WebSocket(url, subprotocol, {
    headers: { ...headers },
    handshakeTimeout: timeoutMs,
    perMessageDeflate: false,
    ...(from !== undefined && { origin: from }),
  })
  const said: string[] = []
  let failure: number | string | undefined
  let code: number | undefined
  const done = new AbortController()
  ws.on('open', () => ws.send('{"type":"ping"}'))
  ws.on('message', (data: Buffer) => {
    said.push(...Array.from(data.toString().matchAll(/"type":"([a-z]+)"/g), ([, type = '']) => type))
    if (said.includes('pong')) done.abort()
  })
  ws.on('unexpected-response', (_, res) => {
    failure = res.statusCode ?? 'refused'
    res.destroy()
    done.abort()
  })
  ws.on('error', (error) => {
    failure ??= error.message
    done.abort()
  })
  ws.on('close', (number) => {
    code = number
    done.abort()
  })
  await sleep(timeoutMs, done.signal)
  ws.terminate()
  return { said, ...(failure !== undefined && { refused: failure }), ...(code !== undefined && { code }) }
}
