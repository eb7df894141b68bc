/** A named feed of the server: a name (or label), one thing of a type, or one user's feed of a type. */
export type ChannelName =
  | string
  | { readonly type: string; readonly id: string; readonly userId?: undefined }
  | { readonly type: string; readonly userId: string; readonly id?: undefined }

/** What the server reads as a channel, and would write in just that way. */
const canonical = /^[^:]+(:(?!@$)(\\[@\\]|[^\\]).*)?$/
const invisible = /[\p{C}\p{Zl}\p{Zp}]/u

/**
 * The channel's label: `name`, `type:id` or `type:@userId`. An id that would read as a user's has a backslash in front.
 * @throws {TypeError} for what no server takes: one wrong name would have a whole request refused.
 */
export function labelOf(channel: ChannelName): string {
  let label = channel
  if (typeof label !== 'string') {
    const { type, id, userId } = label
    const part = userId === undefined ? id?.replace(/^[@\\]/, '\\$&') : `@${userId}`
    label = /:/.test(type) || !part ? '' : `${type}:${part}`
  }
  if (canonical.test(label) && !invisible.test(label) && label.length < 256) return label
  throw new TypeError(`channel must be a name, { type, id } or { type, userId }, got ${JSON.stringify(channel)}`)
}
