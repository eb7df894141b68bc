import { element, write } from './element.ts'
import { namesOf } from './tally.ts'
import { bytesInWords, durationInWords } from './words.ts'
import type { StateChange, StreamStats } from '@steadystream/core'
import type { EventLog, Tone } from './event-log.ts'
import type { FrameCount } from './tally.ts'

/** State, counters and the two buttons of the connection. */
export interface LinkView {
  reset(): void
  changed(change: StateChange): void
  /** Called on every event, and from time to time because ages and countdowns move by themselves. */
  figures(stats: StreamStats, count: FrameCount): void
}

const tones: Record<StateChange['state'], Tone> = {
  connecting: 'wait',
  connected: 'good',
  retrying: 'wait',
  disconnected: 'plain',
  error: 'bad',
}

export function createLinkView(log: EventLog): LinkView {
  const pill = element('state', HTMLElement)
  const buttons = ['cut', 'restart'].map((id) => element(id, HTMLButtonElement))
  let latest: StateChange | undefined
  let retryAt = 0

  function show(state: StateChange['state'], reason: string): void {
    if (pill.dataset['state'] !== state) {
      pill.dataset['state'] = state
      pill.textContent = state
    }
    write('reason', reason)
    for (const button of buttons) button.disabled = state !== 'connected'
  }

  function showLatest(): void {
    if (!latest) return
    const waitMs = retryAt - performance.now()
    show(latest.state, waitMs > 0 ? `${reasonOf(latest)}, next try in ${durationInWords(waitMs)}` : reasonOf(latest))
  }

  return {
    reset() {
      latest = undefined
      retryAt = 0
      show('disconnected', 'not started')
      for (const id of ['events', 'attempts', 'doubled', 'lost', 'dropped', 'bytes']) write(id, '0')
      write('transport', '–')
      write('age', '–')
      log.clear()
    },
    changed(change) {
      latest = change
      retryAt = change.retryInMs === undefined ? 0 : performance.now() + change.retryInMs
      write('transport', change.transport)
      showLatest()
      const wait = change.retryInMs === undefined ? [] : [`next try in ${durationInWords(change.retryInMs)}`]
      log.add(tones[change.state], change.state, [reasonOf(change), ...wait].join(', '))
    },
    figures(stats, count) {
      showLatest()
      write('events', String(stats.events))
      write('attempts', String(stats.attempts))
      write('dropped', String(stats.duplicatesDropped))
      write('bytes', bytesInWords(stats.bytes))
      write('age', stats.lastByteAgeMs === undefined ? '–' : `${durationInWords(stats.lastByteAgeMs)} ago`)
      write('doubled', String(count.doubled))
      write('lost', count.lost.length === 0 ? '0' : `${count.lost.length} (${namesOf(count.lost)})`)
      element('doubled-fact', HTMLElement).dataset['tone'] = count.doubled === 0 ? 'good' : 'bad'
      element('lost-fact', HTMLElement).dataset['tone'] = count.lost.length === 0 ? 'good' : 'lost'
    },
  }
}

const reasons: Readonly<Record<string, string>> = {
  created: 'not started',
  started: 'dialling',
  opened: 'the link is up',
  lost: 'the link was lost',
  reconnect: 'asked to reconnect',
  completed: 'the job is done, nothing more to come',
  closed: 'closed by the page',
  flapping: 'the link keeps breaking at once',
  fatal: 'the server refused',
  'max-retries': 'gave up',
}

function reasonOf({ reason, attempt, state, error }: StateChange): string {
  const text = reasons[reason] ?? reason
  if (state === 'error' && error) return `${text}: ${error.message}`
  return state === 'retrying' && attempt > 1 ? `${text}, attempt ${attempt}` : text
}
