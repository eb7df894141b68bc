import {
  examineCompression,
  examineFirstByte,
  examineHeaders,
  examineHeartbeat,
  examineLumps,
  examineResume,
  fail,
  pass,
  proxyOf,
} from '@steadystream/core/checks'

import { examineCors } from './checks/cors.ts'
import { examinePolling } from './checks/polling.ts'
import { examineStats } from './checks/stats.ts'
import { examineWebSocket } from './checks/websocket.ts'
import { ask } from './probe.ts'
import { pullTrigger } from './trigger.ts'

import type { Block, Finding, Probe } from '@steadystream/core/checks'
import type { Target } from './target.ts'

/** Examines a running server, from the outside and as a client would. Never rejects. */
export async function examine(given: Target): Promise<Finding[]> {
  const reached = await reach(given)
  if (reached.outcome === 'fail') return [reached]
  const { trigger } = given
  // Where the stream is known, what is triggered is to arrive there; else the trigger is to say where to look.
  const first = trigger && !given.sse ? await pullTrigger(trigger, given) : undefined
  const target: Target = {
    ...given,
    sse: given.sse ?? first?.streamUrl,
    websocket: given.websocket ?? first?.websocketUrl,
  }
  const { sse } = target
  const [stream, others] = await Promise.all([
    sse
      ? guarded('stream', () => examineStream(sse, target, first?.finding))
      : [...(first ? [first.finding] : []), withoutStream],
    Promise.all([
      guarded('websocket', () => examineWebSocket(target)),
      guarded('polling', () => examinePolling(target)),
      guarded('stats', () => examineStats(target)),
    ]),
  ])
  return [reached, ...stream, ...others.flat()]
}

const withoutStream = fail('stream', 'there is none to examine', 'name the endpoint: --sse /path, or give its address')

async function reach({ base, headers, timeoutMs }: Target): Promise<Finding> {
  try {
    // A proxy may hold back what has a body, and simple servers never end an answer that has none: one will do.
    const asked = ['GET', 'HEAD'].map((method) => ask(base, { method, headers, timeoutMs }))
    const probe = await Promise.any(asked)
    for (const other of asked) {
      other.then(
        ({ close }) => close(),
        () => {}, // the other one did
      )
    }
    return pass('reach', `${base.host} answers within ${Math.round(probe.headersAfterMs)} ms`)
  } catch (error) {
    return fail('reach', reasonOf(error), `start the server, or correct the address ${base.origin}`)
  }
}

async function examineStream(url: URL, target: Target, triggered: Finding | undefined): Promise<Finding[]> {
  const { headers, timeoutMs, trigger } = target
  const accept = { ...headers, Accept: 'text/event-stream' }
  const probe = await ask(url, { headers: accept, timeoutMs }).catch(() => undefined)
  if (!probe) return [await explainSilence(url, target)]
  try {
    const heading = examineHeaders(probe)
    if (heading[0]?.outcome === 'fail') return heading
    const [compression, firstByte, cors] = await Promise.all([
      guarded('compression', () => offerCompression(url, target)),
      examineFirstByte(probe, target),
      guarded('cors', () => examineCors(url, target)),
    ])
    const events = trigger
      ? await awaitEvent(probe, target, triggered ?? (await pullTrigger(trigger, target)).finding)
      : []
    // Nothing but the time that it takes: everything else has been asked by then.
    const heartbeat = await examineHeartbeat(probe, target)
    const resume = await guarded('resume', () => examineResume(url, probe, { ...target, ask }))
    return [...heading, ...compression, firstByte, ...events, examineLumps(probe), heartbeat, ...resume, ...cors]
  } finally {
    probe.close()
  }
}

/** A stream whose headers do not come although its server answers: something waits for more of it. */
async function explainSilence(url: URL, { headers, timeoutMs }: Target): Promise<Finding> {
  const probe = await ask(url, { method: 'HEAD', headers, timeoutMs }).catch(() => undefined)
  probe?.close()
  const { name, cure } = proxyOf(probe?.headers ?? {})
  return fail('stream', `no headers within ${timeoutMs / 1000} s: ${name} buffers the stream`, cure)
}

/** Whether what was triggered arrives. */
async function awaitEvent(probe: Probe, { timeoutMs }: Target, triggered: Finding): Promise<Finding[]> {
  if (triggered.outcome === 'fail') return [triggered]
  const isEvent = ({ data, event }: Block) => data !== undefined && !event.startsWith('steadystream.')
  if (await probe.until(() => probe.blocks.some(isEvent), timeoutMs)) {
    return [triggered, pass('event', 'what was triggered arrives')]
  }
  const cure = 'trigger what this stream shows; or something on the way holds events back'
  return [triggered, fail('event', `none arrives within ${timeoutMs / 1000} s`, cure)]
}

async function offerCompression(url: URL, { headers, timeoutMs }: Target): Promise<Finding> {
  const offer = { Accept: 'text/event-stream', 'Accept-Encoding': 'gzip, deflate, br, zstd' }
  const probe: Probe = await ask(url, { headers: { ...headers, ...offer }, timeoutMs })
  probe.close()
  return examineCompression(probe)
}

/** A check whose request fails says so, and the others go on. */
async function guarded(check: string, examineIt: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await examineIt()].flat()
  } catch (error) {
    return [fail(check, reasonOf(error), 'see the log of the server, and of what stands in front of it')]
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  const { message, code } = error as { readonly message?: string; readonly code?: string } // whatever was thrown
  return message || code || String(error)
}
