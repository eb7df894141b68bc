import { fail, pass, skip, warn } from './finding.ts'
import { isOurs } from './arrival.ts'

import type { Finding } from './finding.ts'
import type { Ask, Probe } from './probe.ts'
import type { Block } from './sse-reader.ts'

/** What is asked, and by what means. */
export interface Inquiry {
  readonly ask: Ask
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds to wait for anything that should come at once. */
  readonly timeoutMs: number
}

// What RFC 9110 leaves out of field values.
const noHeader = /[^\t\u0020-\u007E\u0080-\uFFFF]/

/** Whether a client that comes back gets what it missed, judged by what `probe` has seen of `url`. */
export async function examineResume(url: URL, probe: Probe, inquiry: Inquiry): Promise<Finding[]> {
  const named = () => probe.blocks.filter(({ id }) => id !== undefined && id !== '')
  // Two make a judgement; a server of ours says in any case whether it honours a position.
  if (!isOurs(probe)) await probe.until(() => named().length > 1, inquiry.timeoutMs)
  const events = probe.blocks.filter(({ data, event }) => data !== undefined && !event.startsWith('steadystream.'))
  const [first, second] = named()
  if (!first) return [withoutIds(events.length), skip('resume', 'there are no ids'), skip('gap', 'there are no ids')]
  if (noHeader.test(String(first.id))) {
    const broken = fail(
      'ids',
      `${JSON.stringify(first.id)} fits into no header`,
      'make ids of visible ASCII characters',
    )
    return [broken, skip('resume', 'clients cannot send the id'), skip('gap', 'clients cannot send the id')]
  }
  const shown = pass('ids', `such as ${JSON.stringify(String(first.id).slice(0, 80))}`)
  return [shown, await resume(url, first, second, inquiry), await gap(url, isOurs(probe), inquiry)]
}

function withoutIds(events: number): Finding {
  if (events === 0) return skip('ids', 'no event was seen: publish one meanwhile, or pass --trigger')
  return warn(
    'ids',
    `none in ${events} events`,
    'give each event an `id`: without, whatever a lost link swallows is gone',
  )
}

/** Comes back with the first id, behind which `second` is known to follow where there is one. */
async function resume(url: URL, first: Block, second: Block | undefined, inquiry: Inquiry): Promise<Finding> {
  const again = await comeBack(url, String(first.id), inquiry)
  try {
    if (again.status === 204) return pass('resume', '204: the stream is completed')
    if (again.status !== 200) {
      return fail('resume', `with Last-Event-ID the answer is ${again.status}`, 'accept the header `Last-Event-ID`')
    }
    const isSecond = ({ id, data }: Block) => id === second?.id && data === second?.data
    const spoke = () => isOurs(again) || (second !== undefined && again.blocks.some(isSecond))
    await again.until(spoke, inquiry.timeoutMs)
    // Awaited here: the finally below closes what it reads.
    if (isOurs(again)) return await judgeOurs(again, second && isSecond, inquiry)
    if (!second) return skip('resume', 'only one event was seen: nothing could be missed')
    if (again.blocks.some(isSecond)) return pass('resume', 'the event after the id is sent again')
    return fail(
      'resume',
      'the event after the id is not sent again',
      'keep the last events, and begin after `Last-Event-ID` when a client sends it',
    )
  } finally {
    again.close()
  }
}

async function judgeOurs(again: Probe, isSecond: ((block: Block) => boolean) | undefined, inquiry: Inquiry) {
  const connected = again.blocks.find(({ event }) => event === 'steadystream.connected')
  if (!/"recovered":true/.test(connected?.data ?? '')) {
    return fail(
      'resume',
      'a position of a moment ago is not honoured',
      'let `Last-Event-ID` through the proxy, or raise history.size and history.ttlMs',
    )
  }
  if (isSecond && !(await again.until(() => again.blocks.some(isSecond), inquiry.timeoutMs))) {
    return fail('resume', 'the position is honoured, but what follows it is not sent', 'see the log of the server')
  }
  return pass('resume', isSecond ? 'the event after the position is sent again' : 'the position is honoured')
}

async function gap(url: URL, ours: boolean, inquiry: Inquiry): Promise<Finding> {
  if (!ours) return skip('gap', 'only servers of steadystream.v1 declare gaps')
  const lost = await comeBack(url, 'doctor:1', inquiry)
  try {
    const declared = await lost.until(
      () => lost.blocks.some(({ event }) => event === 'steadystream.gap'),
      inquiry.timeoutMs,
    )
    if (declared) return pass('gap', 'a position that is not known is answered with a gap')
    return fail(
      'gap',
      'a position that is not known is taken for a fresh start',
      'let `Last-Event-ID` through the proxy: the server cannot see what is missing',
    )
  } finally {
    lost.close()
  }
}

function comeBack(url: URL, id: string, { ask, headers, timeoutMs }: Inquiry): Promise<Probe> {
  const asks = { Accept: 'text/event-stream', 'Last-Event-ID': asHeader(id) }
  return ask(url, { headers: { ...headers, ...asks }, timeoutMs })
}

/** As browsers do: the bytes of its UTF-8. */
function asHeader(id: string): string {
  return String.fromCharCode(...new TextEncoder().encode(id))
}
