import { badRequest } from './channel-request.ts'

import type { Refusal } from './errors.ts'
import type { HttpRequest } from './http-messages.ts'

const maxBytes = 64 * 1024

const notJson: Refusal = {
  status: 415,
  code: 'UNSUPPORTED_MEDIA_TYPE',
  message: 'send JSON, with Content-Type: application/json and no Content-Encoding',
}

const tooLarge: Refusal = { status: 413, code: 'TOO_LARGE', message: 'the body may have 64 KiB' }

/** Why a body is not read; a page of another origin cannot announce JSON without being asked for by a preflight. */
export function judgeBody({ headers }: HttpRequest): Refusal | undefined {
  const type = headers['content-type'] ?? ''
  const encoding = headers['content-encoding'] ?? 'identity'
  if (!/^application\/json\s*(;|$)/i.test(type) || encoding !== 'identity') return notJson
  return Number(headers['content-length'] ?? 0) > maxBytes ? tooLarge : undefined
}

/** A JSON object, which comes from outside and is not trusted. */
export async function readBody(req: HttpRequest): Promise<{ readonly body: object } | Refusal> {
  // Middleware may have read it already; then nothing is left to read.
  const parsed: unknown = Reflect.get(req, 'body')
  const value = typeof parsed === 'object' && parsed !== null && !isStream(parsed) ? parsed : await readJson(req)
  if (value === tooLarge) return tooLarge
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return badRequest('the body is no JSON object')
  return { body: value }
}

function isStream(value: object): boolean {
  return 'getReader' in value || Symbol.asyncIterator in value
}

async function readJson(req: HttpRequest): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of req) {
      const part = typeof chunk === 'string' || chunk instanceof Uint8Array ? Buffer.from(chunk) : Buffer.alloc(0)
      bytes += part.length
      if (bytes > maxBytes) return tooLarge
      chunks.push(part)
    }
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    return undefined
  }
}
