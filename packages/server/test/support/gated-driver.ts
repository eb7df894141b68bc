import { driverOf } from '../../src/backplanes/redis/find-driver.ts'

import type { RedisDriver } from '../../src/backplanes/redis/index.ts'

/** A driver whose links can be cut, and kept from coming back. */
export function gatedDriver(client: object) {
  const inner = driverOf(client)
  if (!inner) throw new TypeError('no client of a known library')
  const cuts = new Set<() => void>()
  let isShut = false
  const driver: RedisDriver = {
    async open(events, signal) {
      if (isShut) throw new Error('the gate is shut')
      const link = await inner.open(events, signal)
      cuts.add(() => {
        link.destroy()
        events.lost(new Error('the gate was shut'))
      })
      return link
    },
  }
  return {
    driver,
    shut() {
      isShut = true
      for (const cut of cuts) cut()
      cuts.clear()
    },
    open: () => void (isShut = false),
  }
}
