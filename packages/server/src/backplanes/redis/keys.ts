/** Where a channel lies in Redis. */
export interface ChannelKeys {
  /** The hash of its state; also the name under which its messages are published. */
  readonly meta: string
  /** The stream of its events. */
  readonly log: string
}

/**
 * Every key begins with the prefix, so that an ACL can hold a user to `~prefix*` and `&prefix*`. The braces are the only
 * ones, which puts all keys of a channel into one slot.
 */
export function channelKeys(prefix: string, key: string): ChannelKeys {
  const meta = `${prefix}{${escape(key)}}`
  return { meta, log: `${meta}:log` }
}

/** The key that remembers an idempotency key. */
export function onceKey({ meta }: ChannelKeys, idempotencyKey: string): string {
  return `${meta}:once:${escape(idempotencyKey)}`
}

/** Harmless wherever a name may be taken for a pattern or a hash tag, and different for different texts. */
function escape(text: string): string {
  // By code units and not as UTF-8, which lone surrogates have none of.
  return text.replaceAll(/[^\w:.@/=+,-]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
