/**
 * Time and chance. Everything that waits or varies takes one of these, so that a test or a simulation can own both.
 */
export interface Clock {
  /** Milliseconds that never run backwards; they may stand still while the machine sleeps. */
  now(): number
  /** Milliseconds since 1970; they go on through sleep, but may jump. */
  wallNow(): number
  /** From 0 up to, but not including, 1. */
  random(): number
  /** Runs `callback` once after `ms` milliseconds; the result cancels it. */
  after(ms: number, callback: () => void): () => void
}

/** A longer timer fires at once in every runtime, since its delay is a signed 32-bit number. */
export const maxTimerMs = 2 ** 31 - 1

// Globals are looked up when they are used, never kept: fake timers and request mocks replace them later.
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  random: () => Math.random(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}

const frameMs = 16
/** A page that was hidden meanwhile has no frames. */
const lateFrameMs = 100

export type Fetch = typeof fetch

/** Milliseconds since 1970 of an HTTP date; `NaN` for anything else, much of which `Date.parse` would take. */
export const parseHttpDate = (text: string): number => (/^[a-z]/i.test(text) ? Date.parse(text) : NaN)

/** Called as a method of `globalThis`: browsers refuse `fetch` with any other `this`. */
export const globalFetch: Fetch = (input, init) => globalThis.fetch(input, init)

/** Milliseconds since 1970 of a time in ISO 8601; `NaN` where it is none. */
export const parseTime = (text: string): number => Date.parse(text)

/** The URL that relative ones are resolved against, where the runtime has one. */
export function documentUrl(): string | undefined {
  return globalThis.document?.baseURI ?? globalThis.location?.href
}

/**
 * Runs `callback` with the page's next frame; without one (no page, or a hidden one) after a moment. The result cancels it.
 * @param lateMs for how long a frame may keep a visible page waiting
 */
export function nextFrame(clock: Clock, callback: () => void, lateMs = lateFrameMs): () => void {
  const { document, requestAnimationFrame } = globalThis
  const run = () => {
    cancel()
    callback()
  }
  const cancelTimer = clock.after(document?.visibilityState === 'visible' ? lateMs : frameMs, run)
  const frame = requestAnimationFrame?.(run)
  const cancel = () => {
    cancelTimer()
    if (frame) cancelAnimationFrame(frame)
  }
  return cancel
}

/** Hands an exception of the user's own code to the runtime's error report, without stopping anything. */
export function reportThrown(error: unknown): void {
  // Node has no reportError, and rethrowing there would end the process because of one faulty handler.
  if (typeof globalThis.reportError === 'function') globalThis.reportError(error)
  else console.error(error)
}

/** The answer of a function of the user's; `otherwise` where it throws. */
export function askUser<T>(ask: () => T, otherwise: T): T {
  try {
    return ask()
  } catch (error) {
    reportThrown(error)
    return otherwise
  }
}

/** Something the developer should know and can cure. */
export function warn(message: string): void {
  console.warn(`[steadystream] ${message}`)
}

/** The `debug` convention: `DEBUG` in Node, `localStorage.debug` in browsers. */
export function debugPatterns(): string {
  // Asked first: Node's own localStorage warns on every access when it has no file.
  const { process } = globalThis
  if (process?.versions?.node) return process.env['DEBUG'] ?? ''
  try {
    return globalThis.localStorage?.getItem('debug') ?? ''
  } catch {
    return '' // access throws where storage is blocked
  }
}

/** The one thing of this name in the whole process or page, made when first asked for. */
export function processWide<T>(name: string, create: () => T): T {
  const key = Symbol.for(`steadystream.${name}`)
  // Two copies of this module (duplicated installs, Next.js routes) meet here; both put the same kind of thing under the name.
  const holder = globalThis as unknown as Record<symbol, T | undefined>
  return (holder[key] ??= create())
}

/** The runtime's own, where it has one: Node 20 has none. */
export const globalWebSocket = (): typeof WebSocket | undefined => globalThis.WebSocket

/** `clock.after` for a timer that is to keep no process alive. */
export function afterIdly(clock: Clock, ms: number, callback: () => void): () => void {
  if (clock !== systemClock) return clock.after(ms, callback)
  const timer = setTimeout(callback, ms)
  // A number in browsers.
  if (typeof timer === 'object') timer.unref()
  return () => clearTimeout(timer)
}

/** What tells of the life of the page, where there is one: React Native has a `window`, and no document. */
export function pageEvents(): Pick<typeof globalThis, 'window' | 'document' | 'navigator'> | undefined {
  const { window, document, navigator } = globalThis
  return window && document && { window, document, navigator }
}

/** Where the page came from, and over which protocol (`http/1.1`, `h2`); `undefined` where there is no page. */
export function pageProtocol(): { readonly origin: string; readonly protocol: string | undefined } | undefined {
  const { document, performance, location } = globalThis
  if (!document || !location) return undefined
  // The type depends on the name that is asked for.
  const [entry] = (performance.getEntriesByType?.('navigation') ?? []) as PerformanceNavigationTiming[]
  return { origin: location.origin, protocol: entry?.nextHopProtocol }
}

/** What the tabs of an origin share. */
export interface TabApis {
  readonly locks: Pick<LockManager, 'request'>
  readonly BroadcastChannel: new (name: string) => TabChannel
}

/** The part of a `BroadcastChannel` that is needed. */
export interface TabChannel {
  onmessage: ((message: MessageEvent) => unknown) | null
  postMessage(message: unknown): void
  close(): void
}

/** What of it there is: a page that is not secure has no locks. Node has both, and no tabs. */
export function tabApis(): Partial<TabApis> {
  const { navigator, BroadcastChannel, location } = globalThis
  return location ? { locks: navigator?.locks, BroadcastChannel } : {}
}

/** On secure pages. */
export const randomUuid = (): string => crypto.randomUUID()

/** SHA-256 in base64, on secure pages. */
export async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
}

/** The present time as ISO 8601, in UTC. */
export const isoTime = (): string => new Date().toISOString()

/** `prefix_` and 96 random bits. Not `randomUUID`, which browsers have on secure pages only. */
export function randomId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12))
  return `${prefix}_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
