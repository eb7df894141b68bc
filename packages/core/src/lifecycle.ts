import { afterIdly, pageEvents } from './env.ts'

import type { Clock } from './env.ts'
import type { PauseReason } from './machine.ts'

/** Why the page asks for a rest. `offline` is no more than a hint: browsers take a virtual network adapter for none. */
export type PagePause = Extract<PauseReason, 'offline' | 'hidden' | 'frozen' | 'bfcache'>

/** `pause` and `resume` take turns, reason by reason; a `hint` says that the network may be there again. */
export type LifecycleEvent =
  readonly ['pause' | 'resume', PagePause] | readonly ['hint', 'online' | 'pageshow' | 'wake']

export interface LifecycleOptions {
  readonly clock: Clock
  /** Whether a tab that nobody sees goes on, or pauses after so many milliseconds. */
  readonly whenHidden: 'keep' | { readonly pauseAfterMs: number }
  readonly on: (...event: LifecycleEvent) => void
}

const tickMs = 10_000
/** More than this between two ticks is sleep. */
const sleepMs = 15_000
/** In a hidden tab it may still be the browser's throttle, which lets timers run once a minute. */
const hiddenSleepMs = 90_000

/**
 * Tells what becomes of the page and the machine until the function that it returns is called. Where the page is
 * offline already it says so at once. Without a page it knows of sleep only.
 */
export function watchLifecycle({ clock, whenHidden, on }: LifecycleOptions): () => void {
  const { window, document, navigator } = pageEvents() ?? {}
  const controller = new AbortController()
  const { signal } = controller
  const paused = new Set<PagePause>()
  let cancelTick = () => {}
  let cancelHide = () => {}

  const tell = (...event: LifecycleEvent) => signal.aborted || on(...event)
  const pause = (reason: PagePause) => paused.has(reason) || (paused.add(reason), tell('pause', reason))
  const resume = (reason: PagePause) => paused.delete(reason) && (tell('resume', reason), true)
  const hint = (what: 'online' | 'pageshow' | 'wake') => tell('hint', what)

  function tick(): void {
    const at = clock.now()
    const wallAt = clock.wallNow()
    cancelTick = afterIdly(clock, tickMs, () => {
      // Either clock may have stood still meanwhile.
      const gapMs = Math.max(clock.now() - at, clock.wallNow() - wallAt)
      tick()
      if (gapMs > (document?.hidden ? hiddenSleepMs : sleepMs)) hint('wake')
    })
  }

  function look(): void {
    cancelHide()
    if (!document?.hidden) resume('hidden')
    else if (whenHidden !== 'keep') cancelHide = clock.after(whenHidden.pauseAfterMs, () => pause('hidden'))
  }

  // Never `unload` or `beforeunload`, for whose sake browsers keep a page out of the back/forward cache.
  const acts: readonly (readonly [EventTarget | undefined, string, () => unknown])[] = [
    [window, 'offline', () => pause('offline')],
    [window, 'online', () => (resume('offline'), hint('online'))],
    // Also of a page that will not come back: its requests end without an error to report.
    [window, 'pagehide', () => pause('bfcache')],
    [window, 'pageshow', () => resume('bfcache') && hint('pageshow')],
    [document, 'freeze', () => pause('frozen')],
    [document, 'resume', () => (resume('frozen'), hint('wake'))],
    [document, 'visibilitychange', look],
  ]
  for (const [target, name, act] of acts) target?.addEventListener(name, act, { signal })
  if (navigator?.onLine === false) pause('offline')
  look()
  tick()
  return () => {
    controller.abort()
    cancelTick()
    cancelHide()
  }
}
