import { withoutSecrets } from '../debug.ts'
import { documentUrl } from '../env.ts'

import type { Provided } from '../options.ts'

/**
 * Makes a URL absolute: `url` itself, or appended to `baseUrl`, resolved against the page. For `ws`, an http(s) URL
 * becomes a ws(s) one. An empty `url` is `baseUrl` itself.
 * @throws {TypeError} naming the URL, where that gives no URL of this scheme, or one with credentials, which browsers
 * refuse.
 */
export function resolveUrl(url: string | URL, baseUrl: string | URL | undefined, scheme: 'http' | 'ws'): URL {
  const isAbsolute = /^([a-z][a-z\d+.-]*:|\/\/)/i.test(String(url))
  const joined =
    baseUrl && !isAbsolute ? String(baseUrl).replace(/\/+$/, '') + String(url).replace(/^\/*(?=.)/, '/') : url
  try {
    const resolved = new URL(joined, documentUrl())
    if (scheme === 'ws') resolved.protocol = resolved.protocol.replace('http', scheme)
    if (RegExp(`^${scheme}s?:$`).test(resolved.protocol) && !resolved.username && !resolved.password) return resolved
  } catch {
    // told below, like the other kinds of wrong URL
  }
  throw new TypeError(
    `url must be ${scheme}(s), without credentials, and absolute without baseUrl, got ${withoutSecrets(String(joined))}`,
  )
}

/** The value of an option that may be a function. */
// TypeScript cannot tell a function-typed T from the function form; no option's value is a function.
export const ask = async <T>(provided: Provided<T>): Promise<T> =>
  typeof provided === 'function' ? (provided as () => T)() : provided
