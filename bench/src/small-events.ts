/** What the client bench is sent: a step of a job, as a progress bar wants it. */
export interface SmallEvent {
  /** Counts from 1. */
  readonly frame: number
  readonly of: number
  readonly stage: string
}

export const eventCount = 100_000

/** `plain`: 1, 2, 3, as any server may have them. `positions`: those of our server, which introduces itself first. */
export type Ids = 'plain' | 'positions'

const eventsPerChunk = 500

/** All events in the format of an event stream, in chunks of about 35 kB. */
export function* encodedEvents(ids: Ids): Generator<Buffer> {
  const epoch = ids === 'positions' ? 'bench:' : ''
  if (epoch) yield Buffer.from(`id: ${epoch}0\nevent: steadystream.connected\ndata: {"clientId":"bench"}\n\n`)
  for (let first = 1; first <= eventCount; first += eventsPerChunk) {
    let text = ''
    for (let frame = first; frame < first + eventsPerChunk; frame++) {
      const event: SmallEvent = { frame, of: eventCount, stage: 'rendering' }
      text += `id: ${epoch}${frame}\ndata: ${JSON.stringify(event)}\n\n`
    }
    yield Buffer.from(text)
  }
}
