import { array, assert, asyncProperty, boolean, constantFrom } from 'fast-check'
import { describe, expect, it, vi } from 'vitest'

import { lastRefresh, refreshOnce } from './auth.ts'

describe('a refresh', () => {
  it('is one for all who ask while it is under way', async () => {
    let done = () => {}
    const refreshAuth = vi.fn(() => new Promise<void>((resolve) => (done = resolve)))
    const all = Promise.all([1, 2, 3].map(() => refreshOnce(refreshAuth, undefined)))
    expect(lastRefresh(refreshAuth)).toBeUndefined()
    done()
    await all
    expect(refreshAuth).toHaveBeenCalledOnce()
  })

  it('is not needed by who was refused with what was shown before it', async () => {
    const refreshAuth = vi.fn()
    const before = lastRefresh(refreshAuth)
    await refreshOnce(refreshAuth, before)
    await refreshOnce(refreshAuth, before)
    expect(refreshAuth).toHaveBeenCalledOnce()
  })

  it('is needed by who was refused with what it brought', async () => {
    const refreshAuth = vi.fn()
    await refreshOnce(refreshAuth, undefined)
    await refreshOnce(refreshAuth, lastRefresh(refreshAuth))
    expect(refreshAuth).toHaveBeenCalledTimes(2)
  })

  it.each<[string, () => unknown]>([
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
  ])('that %s is told to all who wait, and forgotten', async (_, fail) => {
    const refreshAuth = vi.fn(fail)
    const results = await Promise.allSettled([1, 2].map(() => refreshOnce(refreshAuth, undefined)))
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect([refreshAuth.mock.calls.length, lastRefresh(refreshAuth)]).toEqual([1, undefined])
    refreshAuth.mockImplementation(() => {})
    await refreshOnce(refreshAuth, undefined)
    expect(refreshAuth).toHaveBeenCalledTimes(2)
  })

  it('of one function has nothing to do with that of another', async () => {
    const one = vi.fn()
    const other = vi.fn()
    await refreshOnce(one, undefined)
    expect(lastRefresh(other)).toBeUndefined()
    await refreshOnce(other, undefined)
    expect([one.mock.calls.length, other.mock.calls.length]).toEqual([1, 1])
  })
})

it('however streams dial and are refused, no two refreshes are under way, and none is made for the same credentials', async () => {
  await assert(
    asyncProperty(
      array(constantFrom('dial', 'refuse', 'settle'), { maxLength: 30 }),
      boolean(),
      async (acts, works) => {
        let underWay = 0
        let most = 0
        let settle = () => {}
        const madeFor: (object | undefined)[] = []
        const refreshAuth = () => {
          most = Math.max(most, ++underWay)
          return new Promise<void>((resolve, reject) => {
            settle = () => {
              underWay--
              if (works) resolve()
              else reject(new Error('no'))
            }
          })
        }
        // What each link that is out was dialled with.
        const links: (object | undefined)[] = []
        for (const act of acts) {
          if (act === 'dial') links.push(lastRefresh(refreshAuth))
          else if (act === 'settle' && underWay) settle()
          else if (act === 'refuse' && links.length) {
            const shown = links.shift()
            const before = underWay
            refreshOnce(refreshAuth, shown).catch(() => {})
            if (underWay > before) madeFor.push(shown)
          }
          await new Promise(setImmediate)
        }
        expect(most).toBeLessThanOrEqual(1)
        if (works) expect(new Set(madeFor).size).toBe(madeFor.length)
      },
    ),
    { numRuns: 200 },
  )
})
