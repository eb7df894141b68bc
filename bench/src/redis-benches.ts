import { redisDeliverBench } from './redis-deliver.ts'
import { redisLatencyBench } from './redis-latency.ts'
import { redisPublishBench } from './redis-publish.ts'
import { hasRedis } from './redis-server.ts'
import { redisStormBenches } from './redis-storm.ts'

import type { Bench } from './bench.ts'

/** None where there is no redis-server (`REDIS_SERVER_PATH`, or on PATH). */
export const redisBenches: Readonly<Record<string, Bench>> = hasRedis()
  ? {
      'redis-publish-node-redis': redisPublishBench('@redis/client'),
      'redis-publish-ioredis': redisPublishBench('ioredis'),
      'redis-deliver-node-redis': redisDeliverBench('@redis/client'),
      'redis-deliver-ioredis': redisDeliverBench('ioredis'),
      'redis-latency': redisLatencyBench,
      ...redisStormBenches,
    }
  : {}
