import { expect, it, vi } from 'vitest'

import { memoryBackplane } from './backplanes/memory.ts'
import { shareReads } from './shared-reads.ts'

it('security 21: reads that are the same and under way together are one', async () => {
  const backplane = memoryBackplane()
  await backplane.publish('name:a', '1')
  const read = vi.spyOn(backplane, 'read')
  const shared = shareReads(backplane)
  const pages = await Promise.all([
    ...Array.from({ length: 100 }, () => shared.read('name:a', { after: 0, limit: 10 })),
    shared.read('name:a', { after: 1, limit: 10 }),
    shared.read('name:b', { after: 0, limit: 10 }),
  ])
  expect(read).toHaveBeenCalledTimes(3)
  expect(pages.map(({ events }) => events.length)).toEqual([...Array.from({ length: 100 }, () => 1), 0, 0])
  await shared.read('name:a', { after: 0, limit: 10 })
  expect(read).toHaveBeenCalledTimes(4)
})

it('a read that failed is not remembered', async () => {
  const read = vi.fn(memoryBackplane().read).mockRejectedValueOnce(new Error('no broker'))
  const shared = shareReads({ read })
  const range = { after: 0, limit: 1 }
  const [one, other] = await Promise.allSettled([shared.read('name:a', range), shared.read('name:a', range)])
  expect([one.status, other.status]).toEqual(['rejected', 'rejected'])
  expect(await shared.read('name:a', range)).toMatchObject({ top: 0 })
})
