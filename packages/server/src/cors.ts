import { readObject, show } from './option-readers.ts'

export interface CorsOptions {
  /** Exact origins (`https://app.example`), or `'*'` for any, which cannot be joined with `credentials`. */
  readonly origins: readonly string[] | '*'
  /** Whether cookies and HTTP authentication may come along. Default false. */
  readonly credentials?: boolean | undefined
}

/** Checked {@link CorsOptions}. */
export interface Cors {
  readonly origins: ReadonlySet<string> | '*'
  readonly credentials: boolean
}

type Headers = Readonly<Record<string, string>>

const allowedHeaders = 'Last-Event-ID, Authorization, Content-Type, Cache-Control'
// Two hours: the most that Chromium keeps a preflight's answer for.
const preflightSeconds = 7200

/** @throws {TypeError} naming what is wrong with the option. */
export function readCors(options: CorsOptions | undefined): Cors | undefined {
  if (options === undefined) return undefined
  const { origins, credentials = false } = readObject('cors', options, ['origins', 'credentials'])
  if (typeof credentials !== 'boolean') {
    throw new TypeError(`cors.credentials must be a boolean, got ${show(credentials)}`)
  }
  if (origins === '*') {
    if (credentials) throw new TypeError("cors.origins must list origins where cors.credentials is on, got '*'")
    return { origins, credentials }
  }
  if (!Array.isArray(origins)) throw new TypeError(`cors.origins must be an array or '*', got ${show(origins)}`)
  return { origins: new Set(origins.map(readOrigin)), credentials }
}

/**
 * Headers for the answer to a request from `origin`; none where that origin may not read it, and the browser then
 * keeps it from the page. `Vary` says what the answer depends on even then.
 */
export function corsHeaders(cors: Cors | undefined, origin: string | undefined): Headers {
  if (!cors) return {}
  const expose = { 'Access-Control-Expose-Headers': 'Retry-After' }
  if (cors.origins === '*') return { 'Access-Control-Allow-Origin': '*', ...expose }
  if (origin === undefined || !cors.origins.has(origin)) return { Vary: 'Origin' }
  const withCredentials = cors.credentials ? { 'Access-Control-Allow-Credentials': 'true' } : {}
  return { 'Access-Control-Allow-Origin': origin, ...withCredentials, ...expose, Vary: 'Origin' }
}

/** What a preflight is answered with, beside {@link corsHeaders}. */
export function preflightHeaders(cors: Cors | undefined, methods: string): Headers {
  if (!cors) return {}
  return {
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': allowedHeaders,
    'Access-Control-Max-Age': String(preflightSeconds),
  }
}

function readOrigin(origin: unknown): string {
  // `null` is the origin of sandboxed frames and local files, anybody's: it never parses here, so it is never allowed.
  const url = typeof origin === 'string' && URL.canParse(origin) ? new URL(origin) : undefined
  if (url === undefined || url.origin !== origin) {
    throw new TypeError(`cors.origins must hold origins such as "https://app.example", got ${show(origin)}`)
  }
  return origin
}
