import { expect, it, onTestFinished, vi } from 'vitest'

import { formatPosition } from '@steadystream/core/protocol'

import { planStart } from '../../resume.ts'
import { createLocalLives } from './local-lives.ts'

const history = { size: 10, bytes: 1000, ttlMs: 60_000, positionTtlMs: 300_000 }

it('ends each life once Redis has begun another, one attempt at a time, and keeps those that it refused', async () => {
  const lives = createLocalLives(history, { find: () => undefined })
  onTestFinished(() => lives.close())
  for (const key of ['a', 'b']) await lives.publish(key, '1', {})
  const state = () => [lives.has('a'), lives.has('b'), lives.isAny]
  const answers: Record<string, (isDone: boolean) => void> = {}
  const renew = vi.fn(
    (key: string) =>
      new Promise<void>((resolve, reject) => {
        answers[key] = (isDone) => (isDone ? resolve() : reject(new Error(`not ${key}`)))
      }),
  )
  const first = lives.end(renew)
  await lives.end(renew)
  expect(renew.mock.calls).toEqual([['a'], ['b']])
  answers['a']?.(false)
  answers['b']?.(true)
  await expect(first).rejects.toThrow('not a')
  expect(state()).toEqual([true, false, true])
  const second = lives.end(renew)
  answers['a']?.(true)
  await second
  expect([state(), renew.mock.calls.length]).toEqual([[false, false, false], 3])
})

it('begins another life at each outage, which says that one came between and brings nothing again', async () => {
  const lives = createLocalLives(history, { find: () => undefined })
  onTestFinished(() => lives.close())
  const first = await lives.publish('a', '"first"', {})
  await lives.end(async () => {})
  await lives.publish('a', '"second"', {})
  const page = await lives.read('a', { after: 0, limit: 10 })
  expect(page.events.map(({ json }) => json)).toEqual(['"second"'])
  expect(planStart({ at: 'token', token: formatPosition(first) }, page).recovered).toBe(false)
})
