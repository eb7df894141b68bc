import type { StateChange } from '@steadystream/core'
import { durationInWords } from '../ui/words.ts'

export interface EventLine {
  readonly key: number
  readonly at: Date
  readonly tone: 'good' | 'wait' | 'bad' | 'plain'
  /** What happened. */
  readonly what: string
  /** What there is to say about it. */
  readonly more: string
}

export const tones: Readonly<Record<StateChange['state'], EventLine['tone']>> = {
  connecting: 'wait',
  connected: 'good',
  retrying: 'wait',
  disconnected: 'plain',
  error: 'bad',
}

const reasons: Readonly<Record<string, string>> = {
  created: 'not started',
  started: 'dialling',
  opened: 'the link is up',
  lost: 'the link was lost',
  reconnect: 'asked to reconnect',
  refreshing: 'asking for a new token',
  completed: 'done, nothing more to come',
  closed: 'closed by the page',
  flapping: 'the link keeps breaking at once',
  fallback: 'trying another transport',
  upgraded: 'back on the better transport',
  fatal: 'the server refused',
  'max-retries': 'gave up',
  queued: 'waiting for a free connection',
  offline: 'the network is gone',
}

/** A change of state in words. */
export function reasonOf({ reason, attempt, state, error }: StateChange): string {
  const text = reasons[reason] ?? reason
  if (state === 'error' && error) return `${text}: ${error.message}`
  return state === 'retrying' && attempt > 1 ? `${text}, attempt ${attempt}` : text
}

export function lineOf(change: StateChange): Pick<EventLine, 'tone' | 'what' | 'more'> {
  const wait = change.retryInMs === undefined ? [] : [`next try in ${durationInWords(change.retryInMs)}`]
  return { tone: tones[change.state], what: change.state, more: [reasonOf(change), ...wait].join(', ') }
}
