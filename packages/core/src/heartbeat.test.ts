import { expect, it } from 'vitest'

import { allowedSilenceMs, isOverdue } from './heartbeat.ts'

it.each([
  ['nothing known', undefined, undefined, false, 300_000],
  ['a comment was seen', undefined, undefined, true, 50_000],
  ['the server announced', undefined, 15_000, false, 30_000],
  ['the server announced, and sends comments', undefined, 15_000, true, 30_000],
  ['the option is set', 40, 15_000, true, 80],
  ['the option turns it off', 0, 15_000, true, 0],
] as const)('%s', (_, optionMs, announcedMs, commentSeen, expected) => {
  expect(allowedSilenceMs(optionMs, announcedMs, commentSeen)).toBe(expected)
})

it('believes a timer that is at most a second late', () => {
  expect([50, 1050, 1051].map((elapsedMs) => isOverdue(elapsedMs, 50))).toEqual([false, false, true])
})
