import { describe, expect, it } from 'vitest'

import { addressGroup, clientAddress } from './client-address.ts'

import type { HttpRequest } from './http-messages.ts'

function from(remoteAddress: string | undefined, forwarded?: string): HttpRequest {
  return {
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress },
    async *[Symbol.asyncIterator]() {},
  }
}

describe('security 19: the address of a client', () => {
  it('is that of the socket, whatever the client says', () => {
    expect(clientAddress(from('192.0.2.1', '198.51.100.7'), 0)).toBe('192.0.2.1')
  })

  it.each([
    [1, '198.51.100.7', '198.51.100.7'],
    [1, 'forged, 198.51.100.7', '198.51.100.7'],
    [2, 'forged, 198.51.100.7, 203.0.113.5', '198.51.100.7'],
    [1, '198.51.100.7:4711', '198.51.100.7'],
    [1, '[2001:db8::1]:4711', '2001:db8::1'],
    [1, 'unknown', undefined],
    [1, '', undefined],
    [2, '198.51.100.7', undefined],
  ])('behind %d proxies, of %j, is %s', (proxies, forwarded, address) => {
    expect(clientAddress(from('192.0.2.1', forwarded), proxies)).toBe(address)
  })

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s is counted as %s', (address, group) => {
    expect(addressGroup(address)).toBe(group)
  })
})
