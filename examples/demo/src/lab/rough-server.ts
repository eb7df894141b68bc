/** What is wrong with a server that is not ours. */
export const manners = ['steady', 'garbled', 'cuts', 'silent', 'mute', 'refuses', 'forbids'] as const
export type Manner = (typeof manners)[number]

export const isManner = (value: unknown): value is Manner => manners.includes(value as Manner)

/** Numbers that a visit brings, if it brings all. */
export const lastNumber = 20
/** Of the garbled manner: each so many. */
const garbledEvery = 4
/** Numbers that one connection brings in the manners that end it, or say no more. */
const numbersPerLink = 5

/** What a server does with a request that has seen all up to `seen`. */
export type Answer =
  | { readonly status: 204 | 403 | 503 }
  /** No status ever comes. */
  | { readonly status: undefined }
  /** `after`: what becomes of the connection after the last of them. */
  | { readonly status: 200; readonly numbers: readonly number[]; readonly after: 'end' | 'cut' | 'silence' }

export function answerTo(manner: Manner, seen: number): Answer {
  if (manner === 'forbids') return { status: 403 }
  if (manner === 'refuses') return { status: 503 }
  if (manner === 'mute') return { status: undefined }
  if (seen >= lastNumber) return { status: 204 }
  const isShort = manner === 'cuts' || manner === 'silent'
  const last = isShort ? Math.min(lastNumber, seen + numbersPerLink) : lastNumber
  const numbers = Array.from({ length: last - seen }, (_, index) => seen + index + 1)
  return { status: 200, numbers, after: manner === 'cuts' ? 'cut' : manner === 'silent' ? 'silence' : 'end' }
}

/** A block of the stream, as a careless server writes it: without a word of when it is complete. */
export function blockOf(manner: Manner, n: number): string {
  const data = isGarbled(manner, n) ? `{"n": ${n}, "tex` : JSON.stringify({ n, text: `Number ${n}` })
  return `id: ${n}\ndata: ${data}\n\n`
}

export const isGarbled = (manner: Manner, n: number): boolean => manner === 'garbled' && n % garbledEvery === 0

/** What a server remembers of a visit. */
export interface RoughLog {
  /** When each request came, in milliseconds since the first. */
  readonly requests: number[]
  /** Each number once, however often it was sent. */
  readonly sent: Set<number>
}
