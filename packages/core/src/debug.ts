import { debugPatterns } from './env.ts'

/**
 * Prints one line of what happens inside, when `localStorage.debug` (browsers) or `DEBUG` (Node) names the topic:
 * `streaming:*`, `streaming:sse`, or several separated by commas. Pass no URL with a query and no header: see
 * {@link withoutSecrets}.
 */
export function debug(topic: string, message: () => string): void {
  const isOn = RegExp(`(^|[\\s,])(\\*|streaming:(\\*|${topic}))([\\s,]|$)`).test(debugPatterns())
  if (isOn) console.debug(`streaming:${topic} ${message()}`)
}

/** A URL as it may be shown: without credentials, query and fragment, which are where tokens travel. */
export function withoutSecrets(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/?#]*@|[?#][^]*/g, '$1')
}
