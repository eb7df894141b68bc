import { afterAll, beforeAll, describe, inject } from 'vitest'

import { describeBackplane } from '../backplane-contract.ts'
import { startRedis } from '../support/redis-server.ts'
import { createRedisWorld, libraries } from '../support/redis-world.ts'

import type { RedisServer } from '../support/redis-server.ts'

describe.skipIf(!inject('redisPath')).each(libraries)('over %s', (library) => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  describeBackplane(`Redis over ${library}`, () => createRedisWorld(() => server, library))
})
