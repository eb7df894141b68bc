import { clientBench } from './client.ts'
import { fanOutBench } from './fan-out.ts'
import { holdBench } from './hold.ts'
import { idleMemoryBench } from './idle-memory.ts'
import { latencyBench } from './latency.ts'
import { rateBench } from './rate.ts'
import { redisBenches } from './redis-benches.ts'
import { replayBench } from './replay.ts'
import { slowReaderBench } from './slow-reader.ts'
import * as sockets from './socket-publishers.ts'
import * as sse from './sse-publishers.ts'

import type { Bench } from './bench.ts'
import type { MakePublisher } from './publisher.ts'

const ssePeers: Readonly<Record<string, MakePublisher>> = {
  '@steadystream/server': sse.steadystream,
  'better-sse': sse.betterSse,
  'res.write loop': sse.bareLoop,
}
/** What a careful user can do about bursts. */
const sseJoinedPeers: Readonly<Record<string, MakePublisher>> = {
  ...ssePeers,
  'better-sse, batched by hand': sse.betterSseBatched,
  'res.write, joined by hand': sse.joinedLoop,
}
const socketPeers: Readonly<Record<string, MakePublisher>> = {
  '@steadystream/server': sockets.steadystream,
  'socket.io': sockets.socketIo,
  'pre-framed loop': sockets.bareLoop,
  'ws.send loop': sockets.wsSendLoop,
}

/** Nothing is sent. */
const idleSocketPeers: Readonly<Record<string, MakePublisher>> = {
  '@steadystream/server': sockets.steadystream,
  'socket.io': sockets.socketIo,
  'bare ws': sockets.bareLoop,
}

const sseGoals = { 'better-sse': 0.65, 'res.write loop': 0.9 }
const sseBurstGoals = { 'res.write loop': 0.45 }
const socketGoals = { 'socket.io': 0.75, 'pre-framed loop': 1.2 }
const socketBurstGoals = { 'pre-framed loop': 0.2 }

const tenThousand = { connections: 100, eventsPerSecond: 10_000, seconds: 1 }

/** In the order in which they are run. */
export const benches: Readonly<Record<string, Bench>> = {
  'client-plain-ids': clientBench('plain'),
  'client-positions': clientBench('positions'),
  'sse-100': fanOutBench('SSE', ssePeers, { connections: 100, eventsPerTurn: 1, turns: 400 }),
  'sse-1000': fanOutBench('SSE', ssePeers, { connections: 1000, eventsPerTurn: 1, turns: 40 }, sseGoals),
  'sse-5000': fanOutBench('SSE', ssePeers, { connections: 5000, eventsPerTurn: 1, turns: 10 }),
  'sse-100-bursts': fanOutBench('SSE', sseJoinedPeers, { connections: 100, eventsPerTurn: 16, turns: 100 }),
  'sse-1000-bursts': fanOutBench(
    'SSE',
    sseJoinedPeers,
    { connections: 1000, eventsPerTurn: 16, turns: 10 },
    sseBurstGoals,
  ),
  'sse-5000-bursts': fanOutBench('SSE', ssePeers, { connections: 5000, eventsPerTurn: 16, turns: 4 }),
  'ws-100': fanOutBench('WebSocket', socketPeers, { connections: 100, eventsPerTurn: 1, turns: 400 }),
  'ws-1000': fanOutBench('WebSocket', socketPeers, { connections: 1000, eventsPerTurn: 1, turns: 40 }, socketGoals),
  'ws-5000': fanOutBench('WebSocket', socketPeers, { connections: 5000, eventsPerTurn: 1, turns: 10 }),
  'ws-100-bursts': fanOutBench('WebSocket', socketPeers, { connections: 100, eventsPerTurn: 16, turns: 50 }),
  'ws-1000-bursts': fanOutBench(
    'WebSocket',
    socketPeers,
    { connections: 1000, eventsPerTurn: 16, turns: 5 },
    socketBurstGoals,
  ),
  'ws-5000-bursts': fanOutBench('WebSocket', socketPeers, { connections: 5000, eventsPerTurn: 16, turns: 2 }),
  'rate-sse': rateBench('SSE', ssePeers, tenThousand, 10),
  'rate-ws': rateBench('WebSocket', socketPeers, tenThousand, 10),
  replay: replayBench(),
  'latency-sse': latencyBench('SSE'),
  'latency-ws': latencyBench('WebSocket'),
  'memory-sse': idleMemoryBench('SSE', ssePeers, 5000, { 'res.write loop': 3 }),
  'memory-ws': idleMemoryBench('WebSocket', idleSocketPeers, 5000, { 'bare ws': 3 }),
  'hold-10000': holdBench(10_000),
  'slow-reader': slowReaderBench(),
  ...redisBenches,
}
