import { fail, pass, warn } from '@steadystream/core/checks'

import { ask } from '../probe.ts'

import type { AnswerHeaders, Finding, Probe } from '@steadystream/core/checks'
import type { Target } from '../target.ts'

// Nobody's: `.invalid` is reserved.
const strangeOrigin = 'https://doctor.invalid'

/** Which other origins may read the stream: the one that is to, and no stranger along with his cookies. */
export async function examineCors(url: URL, target: Target): Promise<Finding> {
  const strange = await answerTo(strangeOrigin, url, target)
  if (allows(strange, strangeOrigin) && strange['access-control-allow-credentials'] === 'true') {
    return fail(
      'cors',
      'every origin may read, with the cookies of its visitors',
      'list the origins that may: `cors: { origins: ["https://app.example"], credentials: true }`',
    )
  }
  if (target.origin === undefined) {
    const readers = allows(strange, strangeOrigin)
      ? 'any origin may read, without cookies'
      : 'other origins may not read'
    return pass('cors', `${readers} (--origin tests one that should)`)
  }
  const { origin } = target
  if (!allows(await answerTo(origin, url, target), origin)) {
    return fail('cors', `${origin} may not read`, `allow it: \`cors: { origins: ["${origin}"] }\``)
  }
  return examinePreflight(origin, url, target)
}

async function examinePreflight(origin: string, url: URL, { headers, timeoutMs }: Target): Promise<Finding> {
  const asks = { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'last-event-id' }
  const probe = await ask(url, { method: 'OPTIONS', headers: { ...headers, ...asks, Origin: origin }, timeoutMs })
  probe.close()
  const allowed = probe.headers['access-control-allow-headers'] ?? ''
  if (probe.status < 300 && allows(probe.headers, origin) && /last-event-id|\*/i.test(allowed)) {
    return pass('cors', `${origin} may read, and resume`)
  }
  return warn(
    'cors',
    `${origin} may read, but not send Last-Event-ID (the preflight is answered ${probe.status})`,
    'answer OPTIONS with `Access-Control-Allow-Headers: Last-Event-ID, Authorization, Content-Type`',
  )
}

async function answerTo(origin: string, url: URL, { headers, timeoutMs }: Target): Promise<AnswerHeaders> {
  const probe: Probe = await ask(url, { headers: { ...headers, Origin: origin }, timeoutMs })
  probe.close()
  return probe.headers
}

function allows(headers: AnswerHeaders, origin: string): boolean {
  const allowed = headers['access-control-allow-origin']
  return allowed === '*' || allowed === origin
}
