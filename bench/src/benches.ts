import { clientBench } from './client.ts'
import { fanOutBench } from './fan-out.ts'

import type { Bench } from './bench.ts'

export const benches: Readonly<Record<string, Bench>> = {
  'client-plain-ids': clientBench('plain'),
  'client-positions': clientBench('positions'),
  'fan-out': fanOutBench({ eventsPerTurn: 1, turns: 200 }),
  'fan-out-burst': fanOutBench({ eventsPerTurn: 16, turns: 32 }),
}
