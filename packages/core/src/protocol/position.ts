/** A place in a channel: which life of the channel (`epoch`), and the number of an event in that life (`offset`). */
export interface Position {
  readonly epoch: string
  readonly offset: number
}

const positionPattern = /^([\w-]{1,64}):(0|[1-9]\d{0,15})$/

/**
 * Reads `<epoch>:<offset>` as it stands in an SSE `id` field. The epoch is 1-64 characters of `A-Z a-z 0-9 _ -`, the
 * offset a decimal number without leading zeros, at most 2^53-1.
 * @returns `undefined` for anything else: a resume token comes from outside and is never trusted.
 */
export function parsePosition(text: string): Position | undefined {
  const match = positionPattern.exec(text)
  if (!match) return undefined
  const offset = Number(match[2])
  return Number.isSafeInteger(offset) ? { epoch: match[1] ?? '', offset } : undefined
}

/** The inverse of {@link parsePosition}. */
export function formatPosition({ epoch, offset }: Position): string {
  return `${epoch}:${offset}`
}
