import { findLumps } from './lumps.ts'
import { fail, pass, skip, warn } from './finding.ts'
import { proxyOf } from './proxy.ts'

import type { Finding } from './finding.ts'
import type { Probe } from './probe.ts'

/** How long a check waits. */
export interface Patience {
  /** Milliseconds to wait for a heartbeat where the server does not announce one. */
  readonly waitMs: number
  /** Milliseconds to wait for anything that should come at once. */
  readonly timeoutMs: number
}

// A server that speaks at once is done within a round trip.
const promptMs = 1500

/** Whether the stream says something right away. Waits for it. */
export async function examineFirstByte(probe: Probe, { timeoutMs }: Patience): Promise<Finding> {
  const { headers, headersAfterMs } = probe
  const proxy = proxyOf(headers)
  if (headersAfterMs > promptMs) {
    return fail('first byte', `the headers took ${seconds(headersAfterMs)}: ${proxy.name} holds them`, proxy.cure)
  }
  const spoke = await probe.until(() => probe.pieces.length > 0, Math.max(promptMs, timeoutMs))
  const [first] = probe.pieces
  if (spoke && first && first.atMs <= promptMs) {
    return pass('first byte', `${Math.round(headersAfterMs + first.atMs)} ms after the request`)
  }
  if (isOurs(probe) || proxy.name !== 'something in front of the server') {
    const detail = first ? `${seconds(first.atMs)} after the headers` : `none within ${seconds(timeoutMs)}`
    return fail('first byte', `${detail}: ${proxy.name} buffers the stream`, proxy.cure)
  }
  return warn(
    'first byte',
    'the server says nothing at the beginning, so buffering cannot be seen',
    'send a comment (`: hi`) with the headers: some proxies hold those back until a first byte',
  )
}

/** Whether events came one by one, as far as has been seen. */
export function examineLumps(probe: Probe): Finding {
  const lumps = findLumps(probe)
  const proxy = proxyOf(probe.headers)
  if (lumps !== undefined) return fail('buffering', `${lumps}: ${proxy.name} buffers the stream`, proxy.cure)
  const seen = probe.blocks.filter(({ data }) => data !== undefined).length
  return seen > 1 ? pass('buffering', `none seen in ${seen} events`) : skip('buffering', 'too few events to tell')
}

/** Whether a quiet stream stays alive. Waits for as long as that takes. */
export async function examineHeartbeat(probe: Probe, { waitMs }: Patience): Promise<Finding> {
  const announced = announcedInterval(probe)
  const longest = announced === undefined ? waitMs : announced * 1.5 + promptMs
  // Everything counts: an event shows as well as a comment that the link lives.
  const since = probe.pieces.length
  const came = await probe.until(() => probe.pieces.length > since, longest)
  const next = probe.pieces[since]
  if (came && next) {
    const interval = announced === undefined ? '' : `, announced every ${seconds(announced)}`
    return pass('heartbeat', `${next.blocks[0]?.data === undefined ? 'a comment' : 'an event'} came${interval}`)
  }
  if (probe.isOver) {
    return fail('heartbeat', 'the stream ended while it was quiet', 'raise the idle timeout of the proxy over 60 s')
  }
  if (announced !== undefined) {
    const { name, cure } = proxyOf(probe.headers)
    return fail('heartbeat', `announced every ${seconds(announced)}, but none came: ${name} holds it back`, cure)
  }
  return warn(
    'heartbeat',
    `nothing within ${seconds(waitMs)}`,
    'send a comment every 15 s: proxies cut quiet links, and clients notice dead ones by the silence',
  )
}

/** Whether a server of ours speaks here. */
export function isOurs(probe: Probe): boolean {
  return probe.blocks.some(({ event }) => event === 'steadystream.connected')
}

function announcedInterval(probe: Probe): number | undefined {
  const connected = probe.blocks.find(({ event }) => event === 'steadystream.connected')
  const interval = Number(/"heartbeatInterval":(\d+)/.exec(connected?.data ?? '')?.[1])
  return Number.isNaN(interval) ? undefined : interval
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(ms < 1000 ? 2 : 1))} s`
}
