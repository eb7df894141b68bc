/**
 * A named feed: a plain name, one entity of a type, or one user's feed of a type. The three never share events, even
 * where they read alike.
 */
export type Channel =
  | string
  | { readonly type: string; readonly id: string; readonly userId?: undefined }
  | { readonly type: string; readonly userId: string; readonly id?: undefined }

/** A channel that passed validation: its key in every table, and how people see it. */
export interface ChannelName {
  readonly key: string
  /**
   * `name`, `type:id` or `type:@userId`, which {@link parseChannel} reads. Free of control characters, so that it can
   * stand in a log line.
   */
  readonly label: string
}

const maxLength = 255

/**
 * Validates a channel and gives it a key that no other channel has. The length of the type is part of the key, so
 * that `a:b` + `c` differs from `a` + `b:c`.
 * @throws {TypeError} if it is not a channel, or a part is empty or holds an invisible character.
 * @throws {RangeError} if the label is longer than 255 characters.
 */
export function nameChannel(channel: Channel): ChannelName {
  // Callers in JavaScript pass anything; the type says what is right, the checks below what is true.
  const given: unknown = channel
  if (typeof given === 'string') {
    const label = checkLength(checkPart('channel', given))
    return { key: `name:${label}`, label }
  }
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`channel must be a name, { type, id } or { type, userId }, got ${typeof given}`)
  }
  const { type, id, userId } = given as Partial<Record<'type' | 'id' | 'userId', unknown>> // parts checked one by one
  if ((id === undefined) === (userId === undefined)) {
    throw new TypeError('channel must have either an id or a userId')
  }
  const kind = id === undefined ? 'user' : 'id'
  const checkedType = checkPart('channel.type', type)
  const part = id === undefined ? `@${checkPart('channel.userId', userId)}` : escapeId(checkPart('channel.id', id))
  const label = checkLength(`${checkedType}:${part}`)
  return { key: `${kind}:${checkedType.length}:${label}`, label }
}

/** The label within a key. */
export function labelOfKey(key: string): string {
  return key.replace(/^(?:name|(?:id|user):\d+):/, '')
}

/** Reads `name`, `type:id` or `type:@userId`, as it stands in a URL or an envelope. */
export function parseChannel(text: string): Channel {
  const colon = text.indexOf(':')
  if (colon === -1) return text
  const type = text.slice(0, colon)
  const part = text.slice(colon + 1)
  return part.startsWith('@') ? { type, userId: part.slice(1) } : { type, id: part.replace(/^\\/, '') }
}

/** An id that would read as a user's, or as one that is escaped, has a backslash in front. */
function escapeId(id: string): string {
  return id.replace(/^[@\\]/, '\\$&')
}

function checkPart(what: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${what} must be a string, got ${typeof value}`)
  if (value === '') throw new TypeError(`${what} must not be empty`)
  // \p{C}: control, format (zero width, direction overrides), lone surrogates, private use. The value is not shown.
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(value)) throw new TypeError(`${what} must not hold control or invisible characters`)
  return value
}

function checkLength(label: string): string {
  if (label.length > maxLength) {
    throw new RangeError(`channel must be at most ${maxLength} characters long, got ${label.length}`)
  }
  return label
}
