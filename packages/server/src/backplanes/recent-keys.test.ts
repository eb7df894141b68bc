import { describe, expect, it } from 'vitest'

import { idempotencyMs, maxRecentKeys, RecentKeys } from './recent-keys.ts'

const at = (offset: number) => ({ epoch: 'e', offset })

describe('RecentKeys', () => {
  it('finds a key for five minutes, and not after', () => {
    const keys = new RecentKeys()
    keys.add('a', at(1), 0)
    expect(keys.find('a', idempotencyMs - 1)).toEqual(at(1))
    expect(keys.find('a', idempotencyMs)).toBeUndefined()
    expect(keys.find('b', 0)).toBeUndefined()
  })

  it('counts a key that is used again from then on', () => {
    const keys = new RecentKeys()
    keys.add('a', at(1), 0)
    keys.add('b', at(2), 1)
    keys.add('a', at(3), idempotencyMs)
    keys.prune(idempotencyMs + 1)
    expect([keys.find('a', idempotencyMs + 1), keys.size]).toEqual([at(3), 1])
  })

  it('security 20: forgets the oldest over its limit', () => {
    const keys = new RecentKeys()
    for (let offset = 1; offset <= maxRecentKeys + 2; offset++) keys.add(`k${offset}`, at(offset), 0)
    expect(keys.size).toBe(maxRecentKeys)
    expect([keys.find('k2', 0), keys.find('k3', 0)]).toEqual([undefined, at(3)])
  })
})
