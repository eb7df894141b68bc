import { fail, pass } from '@steadystream/core/checks'

import { ask } from './probe.ts'

import type { Finding } from '@steadystream/core/checks'
import type { Target, Trigger } from './target.ts'

/** What came of a trigger. */
export interface Pulled {
  readonly finding: Finding
  /** Where it was started, as far as the answer says. */
  readonly streamUrl?: URL | undefined
  readonly websocketUrl?: URL | undefined
}

/** Makes the server publish something, as the user told, so that there are events to judge by. */
export async function pullTrigger({ method, path, body }: Trigger, target: Target): Promise<Pulled> {
  const { base, timeoutMs } = target
  const json = body === undefined ? {} : { 'Content-Type': 'application/json' }
  const headers = { ...json, ...target.headers }
  const probe = await ask(new URL(path, base), { method, headers, body, timeoutMs }).catch(() => undefined)
  await probe?.until(() => probe.isOver, timeoutMs)
  probe?.close()
  const answered = `${method} ${path} is answered ${probe?.status ?? 'nothing'}`
  if (!probe || probe.status >= 300) {
    return { finding: fail('trigger', answered, 'write it as --trigger \'POST /path {"a":1}\'') }
  }
  return {
    finding: pass('trigger', answered),
    streamUrl: urlIn(probe.text, 'streamUrl', base),
    websocketUrl: urlIn(probe.text, 'websocketUrl', base),
  }
}

function urlIn(text: string, field: string, base: URL): URL | undefined {
  const [, path] = new RegExp(`"${field}":\\s*"([^"\\\\]+)"`).exec(text) ?? []
  if (!path?.startsWith('/') || !URL.canParse(path, base)) return undefined
  const url = new URL(path, base)
  // An answer is not to send us elsewhere with the user's credentials.
  return url.origin === base.origin ? url : undefined
}
