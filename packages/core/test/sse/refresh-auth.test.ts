import { expect, test, vi } from 'vitest'

import { refuse, serve, stream } from './origin.ts'
import { record } from './record.ts'

/** Lets nobody in without the token. */
const guarded = (token: string) =>
  serve((response, { headers, query }) =>
    headers.authorization === token || `${query}` === `token=${token}`
      ? void stream(response, 'data: a\n\n')
      : refuse(response, 401),
  )

test('asks headers and url anew after refreshAuth', async () => {
  const origin = await guarded('new')
  let token = 'old'
  const refreshAuth = vi.fn(() => void (token = 'new'))
  const byHeader = record(origin.url, { headers: () => ({ authorization: token }), refreshAuth })
  await vi.waitFor(() => expect(byHeader.data).toEqual(['a']))
  token = 'old'
  const byQuery = record(() => `${origin.url}/?token=${token}`, { refreshAuth: () => void (token = 'new') })
  await vi.waitFor(() => expect(byQuery.data).toEqual(['a']))
  expect([refreshAuth.mock.calls.length, origin.seen.length]).toEqual([1, 4])
})

test.each([
  ['a header', (url: string) => [url, { headers: () => ({ authorization: 'old' }) }] as const],
  ['a URL', (url: string) => [() => `${url}/?token=old`, {}] as const],
])('trap 31: does not show the same token by %s again', async (_, request) => {
  const origin = await guarded('new')
  const [url, config] = request(origin.url)
  const { failures } = record(url, { ...config, refreshAuth: () => {} })
  await vi.waitFor(() => expect(failures.at(-1)).toBe('UNAUTHORIZED final'))
  expect(origin.seen).toHaveLength(1)
})

test('tries what it cannot see the credentials of once more', async () => {
  const origin = await guarded('new')
  const { failures } = record(`${origin.url}/?token=old`, { headers: { 'X-Static': '1' }, refreshAuth: () => {} })
  await vi.waitFor(() => expect(failures.at(-1)).toBe('UNAUTHORIZED 401 final'))
  expect(origin.seen).toHaveLength(2)
})
