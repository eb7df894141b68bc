import { isIP } from 'node:net'

import type { HttpRequest } from './http-messages.ts'

/**
 * The address a request came from. Behind `trustedProxies` proxies of one's own it is that many places from the right in
 * `X-Forwarded-For`: what stands further left was written by the client, and may be anything.
 */
export function clientAddress({ headers, socket }: HttpRequest, trustedProxies: number): string | undefined {
  if (trustedProxies === 0) return socket.remoteAddress
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',')
  const told = forwarded.at(-trustedProxies)?.trim() ?? ''
  // Some proxies add the port.
  const address = /^\[(.+)\](?::\d+)?$/.exec(told)?.[1] ?? /^([\d.]+):\d+$/.exec(told)?.[1] ?? told
  return isIP(address) ? address : undefined
}

/**
 * What is counted as one client: an IPv4 address, or the /64 of an IPv6 address, which is what one household or machine
 * is given and may choose from freely.
 */
export function addressGroup(address: string): string {
  const plain = address.replace(/%.*$/, '').toLowerCase()
  const mapped = /^(?:0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1]
  if (mapped) return mapped
  return isIP(plain) === 6 ? `${expand(plain).slice(0, 4).join(':')}::/64` : plain
}

/** The groups of an IPv6 address up to where they are written out, `::` filled in, without leading zeros. */
function expand(address: string): string[] {
  const [before = '', after] = address.split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after ? after.split(':') : []
  // An IPv4 address at the end takes the place of two groups.
  const written = head.length + tail.length + (address.includes('.') ? 1 : 0)
  const filled = after === undefined ? [] : Array.from({ length: 8 - written }, () => '0')
  return [...head, ...filled, ...tail].map((group) => group.replace(/^0+(?=.)/, ''))
}
