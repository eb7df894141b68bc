import { expect, test } from 'vitest'

import { idleSnapshot } from './stream-store.ts'
import { viewer } from './viewer.ts'

test('shows the same object until what is selected changes, or the link', () => {
  let snapshot = idleSnapshot({ a: 1, b: 1 }, true)
  let selections = 0
  const view = viewer(
    () => snapshot,
    ({ state }, a) => ({ state, a }),
    ({ a }) => {
      selections++
      return a
    },
  )
  const first = view()
  snapshot = { ...snapshot, data: { a: 1, b: 2 } }
  expect([first, view() === first, view() === first, selections]).toEqual([
    { state: 'connecting', a: 1 },
    true,
    true,
    2,
  ])

  snapshot = { ...snapshot, data: { a: 2, b: 2 } }
  const second = view()
  snapshot = { ...snapshot, link: { ...snapshot.link, state: 'connected' } }
  expect([second, view()]).toEqual([
    { state: 'connecting', a: 2 },
    { state: 'connected', a: 2 },
  ])
})
