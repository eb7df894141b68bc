import { StreamError } from '../errors.ts'
import { reconnectsAfter } from '../protocol/close-codes.ts'

/**
 * What a close code means; under `steadystream.v1` (`isOurs`) the server's own codes have a meaning.
 * @returns `undefined` for a clean end: of a link, not of the stream, since a server that restarts says 1000, too
 */
export function closeError(code: number, reason: string, isOurs: boolean, cause?: Error): StreamError | undefined {
  // 1005 is a close frame without a code.
  if (code === 1000 || code === 1005) return undefined
  const isUnauthorized = code === (isOurs ? 3000 : 4401)
  const isFatal = isUnauthorized || (isOurs ? code >= 3000 && !reconnectsAfter(code) : code === 1008 || code === 4403)
  return new StreamError(
    isUnauthorized
      ? 'UNAUTHORIZED'
      : isFatal
        ? 'SERVER_CLOSE'
        : // No server sends 1006: it is what a lost link shows.
          code === 1006
          ? 'NETWORK'
          : 'ENDED',
    `WebSocket closed: ${code} ${reason || (cause?.message ?? '')}`,
    { cause, retryable: !isFatal },
  )
}
