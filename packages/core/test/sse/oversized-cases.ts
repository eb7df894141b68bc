/** Characters of data that an event may have here. */
export const limit = 40

export interface OversizedCase {
  readonly name: string
  readonly input: string
  /** Data of the events that arrive, with the last event ID at each. */
  readonly events: readonly (readonly [string, string])[]
  readonly lastEventId: string
  readonly oversized: number
}

const long = 'x'.repeat(3 * limit)
/** What has to arrive whatever came before it. */
export const after = 'data: next\n\n'

export const oversizedCases: readonly OversizedCase[] = [
  {
    name: 'an event that is too long, and the next one',
    input: `data: ${long}\n\n${after}`,
    events: [['next', '']],
    lastEventId: '',
    oversized: 1,
  },
  {
    name: 'an id before the data counts',
    input: `id: 12\ndata: ${long}\n\n${after}`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'an id after the data counts',
    input: `data: ${long}\nid: 12\n\n${after}`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'an id between the data counts',
    input: `data: ${long}\nid: 12\ndata: ${long}\n\n${after}`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'the last of two ids around the data counts',
    input: `id: 12\ndata: ${long}\nid: 34\n\n${after}`,
    events: [['next', '34']],
    lastEventId: '34',
    oversized: 1,
  },
  {
    name: 'an empty id after the data resets',
    input: `id: 12\ndata: a\n\ndata: ${long}\nid\n\n${after}`,
    events: [
      ['a', '12'],
      ['next', ''],
    ],
    lastEventId: '',
    oversized: 1,
  },
  {
    name: 'an id with NUL after the data is ignored',
    input: `id: 12\ndata: ${long}\nid: 3\0\n\n${after}`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'what looks like an id inside the data is none',
    input: `data: ${long}id: 12\ndata: id: 34\n\n${after}`,
    events: [['next', '']],
    lastEventId: '',
    oversized: 1,
  },
  {
    name: 'an event that is too long in many short lines',
    input: `id: 12\n${'data: xxx\n'.repeat(limit)}\n${after}`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'two that are too long, one after the other',
    input: `id: 1\ndata: ${long}\n\nid: 2\ndata: ${long}\n\n${after}`,
    events: [['next', '2']],
    lastEventId: '2',
    oversized: 2,
  },
  {
    name: 'one between two that arrive',
    input: `id: 1\ndata: a\n\ndata: ${long}\n\ndata: b\n\n`,
    events: [
      ['a', '1'],
      ['b', '1'],
    ],
    lastEventId: '1',
    oversized: 1,
  },
  {
    name: 'one with CR LF',
    input: `id: 12\r\ndata: ${long}\r\n\r\ndata: next\r\n\r\n`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'one with CR and its id after the data',
    input: `data: ${long}\rid: 12\r\rdata: next\r\r`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'one with mixed line ends and its id after the data',
    input: `data: ${long}\r\nid: 12\n\r\ndata: next\n\r`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'one of three-byte characters',
    input: `id: 12\ndata: ${'€'.repeat(3 * limit)}\n\n${after}`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'one that is cut off counts for nothing of its id',
    input: `id: 1\ndata: a\n\ndata: ${long}\n`,
    events: [['a', '1']],
    lastEventId: '1',
    oversized: -1,
  },
  {
    name: 'an event of exactly the limit arrives',
    input: `data: ${'x'.repeat(limit)}\n\n${after}`,
    events: [
      ['x'.repeat(limit), ''],
      ['next', ''],
    ],
    lastEventId: '',
    oversized: 0,
  },
  {
    name: 'an event of one over the limit does not',
    input: `data: ${'x'.repeat(limit + 1)}\n\n${after}`,
    events: [['next', '']],
    lastEventId: '',
    oversized: 1,
  },
  {
    name: 'comments do not make an event longer',
    input: `${': keep-alive\n'.repeat(limit)}id: 12\ndata: a\n${': keep-alive\n'.repeat(limit)}\n${after}`,
    events: [
      ['a', '12'],
      ['next', '12'],
    ],
    lastEventId: '12',
    oversized: 0,
  },
  {
    name: 'a long comment does not take the event after it along',
    input: `:${long}\nid: 12\ndata: a\n\n${after}`,
    events: [
      ['a', '12'],
      ['next', '12'],
    ],
    lastEventId: '12',
    oversized: 0,
  },
  {
    name: 'a long line of no field does not take its event along',
    input: `${long}: y\nid: 12\ndata: a\n\n${after}`,
    events: [
      ['a', '12'],
      ['next', '12'],
    ],
    lastEventId: '12',
    oversized: 0,
  },
]
