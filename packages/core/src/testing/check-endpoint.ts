import { examineFirstByte, examineHeartbeat, examineLumps } from '../checks/arrival.ts'
import { fail, pass } from '../checks/finding.ts'
import { examineCompression, examineHeaders } from '../checks/headers.ts'
import { examineResume } from '../checks/resume.ts'
import { createEnhancedSSEStream } from '../create-stream.ts'
import { globalFetch, systemClock } from '../env.ts'
import { createStreamManager } from '../manager.ts'
import { askBy } from './fetch-probe.ts'

import type { Finding } from '../checks/finding.ts'
import type { Probe } from '../checks/probe.ts'
import type { Fetch } from '../env.ts'

/** A live endpoint for server-sent events, and how to ask it. */
export interface EndpointOptions {
  /** Absolute. */
  readonly url: string | URL
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Default: the runtime's. */
  readonly fetch?: Fetch | undefined
  /** Makes the server publish something on this stream, which is then to arrive; may return a promise. */
  readonly trigger?: (() => unknown) | undefined
  /** Milliseconds to wait for a heartbeat that is not announced. Default 20,000. */
  readonly waitMs?: number | undefined
  /** Milliseconds to wait for what should come at once. Default 3,000. */
  readonly timeoutMs?: number | undefined
}

/** Asks a live endpoint what the doctor asks, and has a stream of ours follow it. Never rejects. */
export async function checkEndpoint(options: EndpointOptions): Promise<Finding[]> {
  const { headers = {}, fetch = globalFetch, timeoutMs = 3000, waitMs = 20_000, trigger } = options
  const inquiry = { ask: askBy(fetch, systemClock), headers, timeoutMs, waitMs }
  let probe: Probe | undefined
  try {
    const url = new URL(options.url)
    probe = await inquiry.ask(url, { headers: { ...headers, Accept: 'text/event-stream' }, timeoutMs })
    const heading = examineHeaders(probe)
    if (heading[0]?.outcome === 'fail') return heading
    const findings = [...heading, examineCompression(probe), await examineFirstByte(probe, inquiry)]
    findings.push(await followed({ url, headers, fetch, timeoutMs }))
    if (trigger) findings.push(await triggered(trigger, probe, timeoutMs))
    findings.push(examineLumps(probe), await examineHeartbeat(probe, inquiry))
    return [...findings, ...(await examineResume(url, probe, inquiry))]
  } catch (thrown) {
    return [fail('reach', reasonOf(thrown), 'start the server, or correct the address')]
  } finally {
    probe?.close()
  }
}

/** Whether the library's own stream gets in. */
async function followed({
  url,
  headers,
  fetch,
  timeoutMs,
}: Required<Pick<EndpointOptions, 'headers' | 'fetch' | 'timeoutMs'>> & { readonly url: URL }): Promise<Finding> {
  const manager = createStreamManager()
  try {
    return await new Promise<Finding>((resolve) => {
      createEnhancedSSEStream(
        url,
        {
          onData: () => {},
          onOpen: () => resolve(pass('client', 'createEnhancedSSEStream connects')),
          onComplete: () => resolve(pass('client', 'createEnhancedSSEStream is told that the stream is complete')),
          onError: ({ code, message }) => resolve(fail('client', `${code}: ${message}`, 'see docs/errors.md')),
        },
        { manager, headers, fetch, timeout: timeoutMs, maxRetries: 0 },
      )
    })
  } finally {
    manager.cleanupAll()
  }
}

async function triggered(trigger: () => unknown, probe: Probe, timeoutMs: number): Promise<Finding> {
  const seen = probe.blocks.length
  const cure = 'trigger what this stream shows; or something on the way holds events back'
  try {
    await trigger()
  } catch (thrown) {
    return fail('event', `the trigger failed: ${reasonOf(thrown)}`, cure)
  }
  const came = () =>
    probe.blocks.slice(seen).some(({ data, event }) => data !== undefined && !event.startsWith('steadystream.'))
  return (await probe.until(came, timeoutMs))
    ? pass('event', 'what was triggered arrives')
    : fail('event', `none arrives within ${timeoutMs / 1000} s`, cure)
}

function reasonOf(thrown: unknown): string {
  const { message, cause } = Object(thrown) as { readonly message?: string; readonly cause?: unknown } // whatever was thrown
  // What fetch says is that it failed; why is beneath.
  return cause === undefined ? (message ?? String(thrown)) : `${message ?? ''}: ${reasonOf(cause)}`
}
