import { documentUrl } from '../env.ts'

import type { RequestFacts, Transports } from '../transports/transport.ts'

/**
 * What tabs must have in common to share a connection: who it is for and what it asks. It goes nowhere as it is, since
 * it may hold secrets.
 * @throws {TypeError} where that cannot be known
 */
export function groupKey(
  transports: Transports,
  identity: string | undefined,
  name: string | undefined,
  kind: string,
): string {
  for (const value of [identity, name])
    if (value !== undefined && (typeof value !== 'string' || !value))
      throw new TypeError(`identity and name must be strings, and not empty, got ${JSON.stringify(value)}`)
  if (identity === undefined && transports.some(({ facts }) => authenticates(facts)))
    throw new TypeError('headers or cookies authenticate: say for whom: shareAcrossTabs({ identity: user.id })')
  if (name === undefined && transports.some(({ facts }) => !facts?.[0]))
    throw new TypeError('the url cannot be seen: name what is asked: shareAcrossTabs({ name })')
  return JSON.stringify([kind, identity, name ?? transports.map(({ name, facts }) => [name, ...describe(facts)])])
}

type Layers = RequestFacts[2]

const isFunction = (value: unknown) => typeof value === 'function'
// None of the layers is a function where this is asked.
const entriesOf = (layer: Layers[number]) => [...new Headers(layer as HeadersInit | undefined)]

/** Whether what the server sends may depend on who asks, as far as that can be seen from here. */
function authenticates(facts: RequestFacts | undefined): boolean {
  if (!facts) return true
  const [href, credentials = 'same-origin', layers] = facts
  const page = documentUrl()
  const isOther = page && href && new URL(page).origin !== new URL(href).origin
  const hasCookies = credentials === 'include' || (credentials === 'same-origin' && !isOther)
  return (
    hasCookies ||
    layers.some(
      (layer) => isFunction(layer) || entriesOf(layer).some(([header]) => !/^(accept|content-type)$/.test(header)),
    )
  )
}

/** Tokens differ between the tabs of one user; any other value may decide what is sent. */
function describe(facts: RequestFacts | undefined): readonly unknown[] {
  const [href, credentials, layers] = facts ?? []
  const headers = layers?.map((layer) =>
    isFunction(layer) ? 1 : entriesOf(layer).map(([header, value]) => [header, header === 'authorization' || value]),
  )
  return [href, credentials, headers]
}
