import { describe, expect, it } from 'vitest'

import { after, apply, words } from '../test/support/machine-words.ts'

import type { Word } from '../test/support/machine-words.ts'
import type { ConnectionState, Effect } from './machine.ts'

const states = {
  disconnected: after(),
  connecting: after('start'),
  connected: after('start', 'opened'),
  waiting: after('start', 'lost'),
  redialling: after('start', 'lost', 'retryDue'),
  frozen: after('start', 'opened', 'pause frozen'),
  hidden: after('start', 'opened', 'pause hidden'),
  offline: after('start', 'opened', 'pause offline', 'lost'),
  error: after('start', 'fatal'),
  exhausted: after('start', 'lost', 'retryDue', 'lost', 'retryDue', 'lost'),
}

type Row = Partial<Record<Word, readonly [ConnectionState, ...Effect[]]>>

const idle: Row = {
  start: ['connecting', 'dial'],
  redial: ['connecting', 'dial'],
  'redial refreshing': ['connecting', 'dial'],
}
const ended: Row = {
  lost: ['retrying', 'hangUp', 'scheduleRetry'],
  fatal: ['error', 'hangUp'],
  completed: ['disconnected', 'hangUp'],
  stop: ['disconnected', 'hangUp'],
}
const again: Row = { redial: ['retrying', 'hangUp', 'dial'], 'redial refreshing': ['retrying', 'hangUp', 'dial'] }
const paused: Row = {
  'pause frozen': ['retrying', 'hangUp'],
  'pause hidden': ['disconnected', 'hangUp'],
  'pause queued': ['retrying', 'hangUp'],
  'pause offline': ['retrying', 'hangUp'],
}
const stop: Row = { stop: ['disconnected', 'hangUp'] }
const noted = (status: ConnectionState, what = /^(pause|resume) /): Row =>
  Object.fromEntries(words.filter((word) => what.test(word)).map((word) => [word, [status]] as const))

/** Every cell: what each state makes of each event; what is missing ignores it. */
const cells: Record<keyof typeof states, Row> = {
  disconnected: { ...idle, ...noted('disconnected') },
  connecting: {
    ...ended,
    ...again,
    ...noted('connecting'),
    opened: ['connected'],
    'redial refreshing': ['connecting', 'hangUp', 'dial'],
    'pause frozen': ['connecting', 'hangUp'],
    'pause hidden': ['disconnected', 'hangUp'],
  },
  connected: {
    ...ended,
    ...again,
    ...noted('connected'),
    opened: ['connected'],
    healthy: ['connected'],
    progressed: ['connected'],
    delivered: ['connected'],
    'pause offline': ['connected', 'verify'],
    'pause queued': ['connected', 'verify'],
    'pause frozen': ['retrying', 'hangUp'],
    'pause hidden': ['disconnected', 'hangUp'],
  },
  waiting: {
    ...again,
    ...stop,
    ...paused,
    ...noted('retrying', /^resume /),
    'pause offline': ['retrying', 'hangUp', 'lookAgain'],
    retryDue: ['retrying', 'dial'],
    hint: ['retrying', 'hasten'],
  },
  redialling: {
    ...ended,
    ...again,
    ...noted('retrying'),
    opened: ['connected'],
    'pause frozen': ['retrying', 'hangUp'],
    'pause hidden': ['disconnected', 'hangUp'],
  },
  frozen: {
    ...again,
    ...stop,
    ...paused,
    retryDue: ['retrying', 'dial'],
    'resume frozen': ['retrying', 'dialWhenDue'],
    'resume offline': ['retrying'],
    'resume hidden': ['retrying'],
    'resume queued': ['retrying'],
  },
  hidden: {
    ...again,
    ...stop,
    ...paused,
    'pause frozen': ['disconnected', 'hangUp'],
    'pause queued': ['disconnected', 'hangUp'],
    'pause offline': ['disconnected', 'hangUp'],
    retryDue: ['disconnected', 'dial'],
    'resume hidden': ['connecting', 'dialWhenDue'],
    'resume offline': ['disconnected'],
    'resume frozen': ['disconnected'],
    'resume queued': ['disconnected'],
  },
  offline: {
    ...again,
    ...stop,
    ...paused,
    'pause offline': ['retrying', 'hangUp', 'lookAgain'],
    retryDue: ['retrying', 'dial'],
    'resume offline': ['retrying', 'hasten'],
    'resume hidden': ['retrying', 'lookAgain'],
    'resume frozen': ['retrying', 'lookAgain'],
    'resume queued': ['retrying', 'lookAgain'],
  },
  error: { ...idle, ...stop, ...noted('error'), hint: ['error'] },
  exhausted: { ...idle, ...stop, ...noted('error'), hint: ['connecting', 'hasten'] },
}

describe.each(Object.keys(states) as (keyof typeof states)[])('in %s', (name) => {
  it.each(words)('%s leads where the table says', (event) => {
    const state = states[name]
    const [next, ...effects] = apply(state, event)

    expect([next.status, ...effects]).toEqual(cells[name][event] ?? [state.status])
    if (!cells[name][event]) expect(next).toBe(state)
  })
})
