import { show } from '../../option-readers.ts'

const example = 'redis://user:password@host:6379/0'

/**
 * A URL that both libraries take. What is wrong with it is said without showing it, as it holds the password.
 * @throws {TypeError}
 */
export function readRedisUrl(value: unknown): string {
  if (value === undefined) throw new TypeError(`url must be given, as ${example}, or client instead of it`)
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(`url must be a text as ${example}, got ${show(value)}`)
  }
  if (!/^rediss?:\/\//.test(value)) {
    const [scheme = 'a text without either'] = /^[a-z][a-z\d+.-]*:\/\//i.exec(value) ?? []
    throw new TypeError(`url must begin with redis:// or rediss:// (TLS), as ${example}, got ${scheme}`)
  }
  if (!isUrl(value)) {
    throw new TypeError(
      `url must be as ${example}, got one that is none: write what is special in a password as %40 (@), %23 (#), %2F (/)`,
    )
  }
  return value
}

function isUrl(value: string): boolean {
  try {
    // A slash in a password makes a path of the rest.
    return /^\/?\d*$/.test(new URL(value).pathname)
  } catch {
    return false
  }
}
