const digits = 16

/** Microseconds on a clock that all processes of this machine share. */
export function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

/** What stands in each event that is counted, once, and nowhere else on the wire. */
export const marker = '@'
export const markerByte = 0x40

/** A marker that says when the event was due. */
export function formatStamp(dueMicros: number): string {
  return marker + String(dueMicros).padStart(digits, '0')
}

/** The time behind the marker at `at`; `undefined` where its end is in the next chunk. */
export function readStamp(chunk: Buffer, at: number): number | undefined {
  const end = at + 1 + digits
  return end <= chunk.length ? Number(chunk.toString('latin1', at + 1, end)) : undefined
}
