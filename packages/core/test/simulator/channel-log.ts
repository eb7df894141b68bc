/** One published event, and what is known of it for ever. */
export interface LogEntry {
  /** 1 for the first event of the run; counts on through restarts. */
  readonly number: number
  readonly epoch: string
  readonly offset: number
  /** Resume token; `''` where the server gives none. */
  readonly id: string
  readonly data: string
}

/** How a server names its events. */
export type IdStyle = 'positions' | 'words' | 'numbers' | 'false-positions' | 'none'

/** Everything that was published, and which part of it the server still has. */
export interface ChannelLog {
  readonly entries: readonly LogEntry[]
  /** The entries that can still be had. */
  history(): readonly LogEntry[]
  publish(): LogEntry
  /** A new life of the channel: nothing is left of the one before. */
  forget(): void
  /** Of this life nothing is left but its name, and a place before its end: the next events get the same offsets anew. */
  loseTail(count: number): void
  /** Position after which the next event comes. */
  top(): string
  /** Position before the oldest event that can be had. */
  beforeOldest(): string
  byId(id: string): LogEntry | undefined
  /** How many events had been published up to and including this position; `undefined` for one never used. */
  countAt(position: string): number | undefined
}

export function createChannelLog(historySize: number, idStyle: IdStyle, padding: string): ChannelLog {
  const entries: LogEntry[] = []
  const byId = new Map<string, LogEntry>()
  /** How many events there had been when each epoch began. */
  const startOf = new Map<string, number>()
  let life = 0
  let oldest = 0

  const epoch = () => `e${life}`
  const offsetAt = (count: number) => count - (startOf.get(epoch()) ?? 0)

  function begin(): void {
    life += 1
    oldest = entries.length
    startOf.set(epoch(), entries.length)
  }

  begin()
  return {
    entries,
    history: () => entries.slice(oldest),
    publish() {
      const number = entries.length + 1
      const offset = offsetAt(number)
      const id = nameOf(idStyle, number, `${epoch()}:${offset}`)
      const data = JSON.stringify({ number, text: padding.slice(0, (number * 7) % (padding.length + 1)) })
      const entry = { number, epoch: epoch(), offset, id, data }
      entries.push(entry)
      if (id) byId.set(id, entry)
      oldest = Math.max(oldest, entries.length - historySize)
      return entry
    },
    forget: begin,
    loseTail(count) {
      oldest = entries.length
      startOf.set(epoch(), (startOf.get(epoch()) ?? 0) + Math.min(count, offsetAt(oldest)))
    },
    top: () => `${epoch()}:${offsetAt(entries.length)}`,
    beforeOldest: () => `${epoch()}:${offsetAt(oldest)}`,
    byId: (id) => byId.get(id),
    countAt(position) {
      const [name = '', offset] = position.split(':')
      const start = startOf.get(name)
      return start === undefined ? undefined : start + Number(offset)
    },
  }
}

function nameOf(style: IdStyle, number: number, position: string): string {
  switch (style) {
    case 'positions':
      return position
    case 'words':
      return `evt-é${number.toString(36)}`
    case 'numbers':
      return String(number)
    case 'false-positions':
      // Reads like a position, means none: the client may not trust it without the connected event.
      return `shard${number % 3}:${(number * 37) % 1009}${number}`
    case 'none':
      return ''
  }
}
