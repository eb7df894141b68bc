import { withUnit } from '../../text/with-unit.ts'

/** `3,000`. */
export const countInWords = (count: number): string => count.toLocaleString('en-US')

const transportNames: Readonly<Record<string, string>> = { sse: 'SSE', websocket: 'WebSocket', polling: 'polling' }

/** `SSE`; one that has no name of its own keeps the one it goes by. */
export const transportInWords = (transport: string): string => transportNames[transport] ?? transport

/** `1 stream`, `2 streams`. */
export const plural = (count: number, word: string): string =>
  `${countInWords(count)} ${count === 1 ? word : `${word}s`}`

/** `950 B`, `12.3 kB`, `1.96 MB`. */
export function bytesInWords(bytes: number): string {
  if (bytes < 1000) return withUnit(bytes, 'B')
  if (bytes < 1_000_000) return withUnit((bytes / 1000).toFixed(1), 'kB')
  return withUnit((bytes / 1_000_000).toFixed(2), 'MB')
}

/** `0.4 s`, `12 s`, `2 min 5 s`. */
export function durationInWords(ms: number): string {
  if (ms < 10_000) return withUnit((ms / 1000).toFixed(1), 's')
  const seconds = Math.round(ms / 1000)
  return seconds < 60
    ? withUnit(seconds, 's')
    : `${withUnit(Math.floor(seconds / 60), 'min')} ${withUnit(seconds % 60, 's')}`
}
