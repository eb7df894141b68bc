import { RealtimeError } from '@steadystream/server'
import { TooMuchWork } from '../runs/works.ts'
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import type { Logger } from '@steadystream/server'

/** Every refused request is answered in this form. */
export function refuse(res: Response, status: number, code: string, message: string): void {
  res.status(status).json({ error: { code, message } })
}

export const notFound: RequestHandler = (_req, res) => refuse(res, 404, 'NOT_FOUND', 'There is nothing here.')

/** What went wrong inside is for the log; the client learns only what it did wrong itself. */
export function reportErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) return next(error)
    const status = statusOf(error)
    if (status === 413) return refuse(res, status, 'TOO_LARGE', 'The body is too large.')
    if (status < 500) return refuse(res, status, 'BAD_REQUEST', 'The request cannot be read: is the body valid JSON?')
    if (error instanceof TooMuchWork) {
      res.set('Retry-After', '5')
      return refuse(res, 429, 'TOO_MUCH_WORK', error.message)
    }
    if (error instanceof RealtimeError && error.code === 'UNAVAILABLE') {
      res.set('Retry-After', '2')
      return refuse(res, 503, 'UNAVAILABLE', 'The servers cannot reach each other; try again in a moment.')
    }
    logger.error({ err: error }, 'a request failed')
    refuse(res, 500, 'INTERNAL', 'The server failed; its log says why.')
  }
}

/** The status that Express's own errors carry. */
function statusOf(error: unknown): number {
  const known = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined
  return typeof known === 'number' && known >= 400 && known < 600 ? known : 500
}
