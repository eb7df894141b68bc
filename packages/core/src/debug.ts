import { debugPatterns } from './env.ts'

/**
 * Prints one line of what happens inside, when `localStorage.debug` (browsers) or `DEBUG` (Node) names the topic:
 * `streaming:*`, `streaming:sse`, or several separated by commas. Pass no URL with a query and no header: see
 * {@link withoutSecrets}.
 */
export function debug(topic: string, message: () => string): void {
  const name = `streaming:${topic}`
  const isOn = debugPatterns()
    .split(/[\s,]+/)
    .some((pattern) => pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1))))
  if (isOn) console.debug(`${name} ${message()}`)
}

/** A URL as it may be shown: without credentials, query and fragment, which are where tokens travel. */
export function withoutSecrets(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1').replace(/[?#].*$/, '')
}
