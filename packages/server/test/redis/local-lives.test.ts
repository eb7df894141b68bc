import { describe, expect, inject, it } from 'vitest'

import { driverOf } from '../../src/backplanes/redis/find-driver.ts'
import { listen } from '../backplane-contract.ts'
import { gatedDriver } from '../support/gated-driver.ts'
import { enterRedis, healthy, waitFor } from '../support/redis-for-test.ts'
import { clientsOf } from '../support/redis-world.ts'

import type { RedisDriver } from '../../src/backplanes/redis/index.ts'

const library = '@redis/client'

/** As `inner`, where the link for commands, which asks who it talks to, waits for that while `shut`. */
function slowCommands(inner: RedisDriver) {
  let shut: Promise<void> | undefined
  const driver: RedisDriver = {
    async open(events, signal) {
      const link = await inner.open(events, signal)
      const send = async (args: readonly string[]) => {
        if (args[0] === 'INFO') await shut
        return link.send(args)
      }
      return { ...link, send }
    },
  }
  return {
    driver,
    shut() {
      let open = () => {}
      shut = new Promise((resolve) => (open = resolve))
      return () => open()
    },
  }
}

describe.skipIf(!inject('redisPath'))('what a process published alone while Redis was away', () => {
  it('is declared to those who follow the channel elsewhere, also where it had not known the channel', async () => {
    const { redis, open } = await enterRedis(library)
    const there = open()
    const { seen } = await listen(there, 'a')
    const gate = gatedDriver(clientsOf[library](redis.url))
    const here = open({ client: undefined, driver: gate.driver, onUnavailable: 'local' })
    await here.publish('other', '0')
    gate.shut()
    await waitFor(() => !here.stats().isConnected)
    await here.publish('a', '1')
    gate.open()
    await healthy(here)
    await here.publish('a', '2')
    await waitFor(() => seen.includes('1 2'))
    expect(seen).toEqual(['missed up to 0', '1 2'])
  })

  it('ends the life before also where somebody is just about to follow the channel', async () => {
    const { redis, open } = await enterRedis(library)
    const inner = driverOf(clientsOf[library](redis.url))
    if (!inner) throw new TypeError('no client of a known library')
    const commands = slowCommands(inner)
    const here = open({ client: undefined, driver: commands.driver, onUnavailable: 'local' })
    const former = await here.publish('a', '1')
    const goOn = commands.shut()
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal')
    await waitFor(() => !here.stats().isConnected)
    const local = await here.publish('a', '2')
    const listening = listen(here, 'a')
    await waitFor(() => here.stats().remoteSubscriptions === 1)
    goOn()
    await listening
    await healthy(here)
    const { epoch } = await here.read('a', { after: 0, limit: 9 })
    expect([former.epoch, local.epoch]).not.toContain(epoch)
  })
})
