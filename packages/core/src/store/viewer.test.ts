import { expect, test } from 'vitest'

import { idleSnapshot } from './stream-store.ts'
import { viewer } from './viewer.ts'

import type { SharedStore } from './shared-store.ts'

interface State {
  readonly a: number
  readonly b: number
}

function setUp() {
  const idle = idleSnapshot<State>({ a: 1, b: 1 }, true)
  const shown = { snapshot: idle }
  const nothing = () => {}
  const store: SharedStore<State> = {
    ...{ connect: nothing, disconnect: nothing, send: nothing, update: nothing, watch: () => nothing },
    getIdle: () => idle,
    getSnapshot: () => shown.snapshot,
  }
  const [view, viewIdle] = viewer(store, ({ state }, a) => ({ state, a }))
  return { shown, view, viewIdle }
}

test('shows the same object until what is selected changes, or the link', () => {
  const { shown, view, viewIdle } = setUp()
  let selections = 0
  const select = ({ a }: State) => {
    selections++
    return a
  }
  const first = view(select)
  shown.snapshot = { ...shown.snapshot, data: { a: 1, b: 2 } }
  expect([first, view(select) === first, view(select) === first, selections]).toEqual([
    { state: 'connecting', a: 1 },
    true,
    true,
    2,
  ])

  shown.snapshot = { ...shown.snapshot, data: { a: 2, b: 2 } }
  const second = view(select)
  shown.snapshot = { ...shown.snapshot, link: { ...shown.snapshot.link, state: 'connected' } }
  expect([second, view(select), viewIdle(select)]).toEqual([
    { state: 'connecting', a: 2 },
    { state: 'connected', a: 2 },
    { state: 'connecting', a: 1 },
  ])
})

test('shows the same object through another selector, unless that finds another value', () => {
  const { shown, view } = setUp()
  shown.snapshot = { ...shown.snapshot, data: { a: 1, b: 2 } }
  const first = view(({ a }) => a)
  expect(view(({ a }) => a)).toBe(first)
  expect(view(({ b }) => b)).toEqual({ state: 'connecting', a: 2 })
})
