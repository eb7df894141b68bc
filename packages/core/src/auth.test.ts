import { array, assert, asyncProperty, boolean, constantFrom } from 'fast-check'
import { describe, expect, it, vi } from 'vitest'

import { lastRefresh, refreshOnce } from './auth.ts'

describe('a refresh', () => {
  it('is one for all who ask while it is under way', async () => {
    let done = () => {}
    const refreshAuth = vi.fn(() => new Promise<void>((resolve) => (done = resolve)))
    const all = Promise.all([1, 2, 3].map(() => refreshOnce(refreshAuth, undefined).promise))
    expect(lastRefresh(refreshAuth)).toBeUndefined()
    done()
    await all
    expect(refreshAuth).toHaveBeenCalledOnce()
  })

  it('is not needed by who was refused with what was shown before it', async () => {
    const refreshAuth = vi.fn()
    const before = lastRefresh(refreshAuth)
    await refreshOnce(refreshAuth, before).promise
    await refreshOnce(refreshAuth, before).promise
    expect(refreshAuth).toHaveBeenCalledOnce()
  })

  it('is needed by who was refused with what it brought', async () => {
    const refreshAuth = vi.fn()
    await refreshOnce(refreshAuth, undefined).promise
    await refreshOnce(refreshAuth, lastRefresh(refreshAuth)).promise
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
    const results = await Promise.allSettled([1, 2].map(() => refreshOnce(refreshAuth, undefined).promise))
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect([refreshAuth.mock.calls.length, lastRefresh(refreshAuth)]).toEqual([1, undefined])
    refreshAuth.mockImplementation(() => {})
    await refreshOnce(refreshAuth, undefined).promise
    expect(refreshAuth).toHaveBeenCalledTimes(2)
  })

  it('that is forgotten is asked for again, and how it ends later has no effect on the next one', async () => {
    const refused: ((error: Error) => void)[] = []
    const refreshAuth = vi.fn(() => new Promise<never>((_, reject) => void refused.push(reject)))
    const [first, second] = [1, 2].map(() => {
      const refresh = refreshOnce(refreshAuth, undefined)
      refresh.forget()
      return refresh
    })
    const third = refreshOnce(refreshAuth, undefined)
    refused[0]?.(new Error('late'))
    first?.forget()
    await Promise.allSettled([first?.promise])
    expect([second === first, refreshOnce(refreshAuth, undefined) === third]).toEqual([false, true])
    expect(refreshAuth).toHaveBeenCalledTimes(3)
  })

  it('that is done is not forgotten', async () => {
    const refreshAuth = vi.fn()
    const refresh = refreshOnce(refreshAuth, undefined)
    await refresh.promise
    refresh.forget()
    expect(lastRefresh(refreshAuth)).toBe(refresh)
  })

  it('of one function has nothing to do with that of another', async () => {
    const one = vi.fn()
    const other = vi.fn()
    await refreshOnce(one, undefined).promise
    expect(lastRefresh(other)).toBeUndefined()
    await refreshOnce(other, undefined).promise
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
            refreshOnce(refreshAuth, shown).promise.catch(() => {})
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
