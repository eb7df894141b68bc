import { replaceGlobals } from './globals.ts'

import type { Coverage } from './coverage.ts'
import type { Random } from '../support/random.ts'
import type { World } from './world.ts'

/** The browser's page around the client, where there is one. */
export interface Page {
  /** Puts its globals in place. @returns what takes them away again. */
  install(): () => void
  /** A connection begins to watch it. */
  watched(): void
  /** Whether it has said that nothing may be dialled. */
  mustRest(): boolean
  /** Whether it is frozen, or in the back/forward cache: no link may be left. */
  readonly isAsleep: boolean
  /** Freezes, hides, caches it or takes it offline, for a while. */
  act(): void
  /** All is well again. */
  heal(): void
  /** How many listen to it. */
  listeners(): number
}

export interface PageHost {
  readonly exists: boolean
  readonly pauseAfterMs: number | undefined
  /** The network is really gone, or comes back. */
  setDown(isDown: boolean): void
  doubted(): void
  /** It is back, though offline. */
  cameBack(): void
}

export function createPage(world: World, random: Random, coverage: Coverage, host: PageHost): Page {
  const signals: (AbortSignal | undefined)[] = []
  const window = countedTarget(signals)
  const document = Object.assign(countedTarget(signals), {
    hidden: false,
    visibilityState: 'visible',
    baseURI: 'https://page.test/',
  })
  const navigator = { onLine: true }
  let isAsleep = false
  let isHiddenLong = false
  let cancelHiding = () => {}
  let frames = 0
  const cancelFrames = new Map<number, () => void>()

  function watchHiding(): void {
    cancelHiding()
    isHiddenLong = false
    const { pauseAfterMs } = host
    if (document.hidden && pauseAfterMs !== undefined)
      cancelHiding = world.onClient(pauseAfterMs, () => (isHiddenLong = true))
  }

  function setHidden(hidden: boolean): void {
    Object.assign(document, { hidden, visibilityState: hidden ? 'hidden' : 'visible' })
    const wasHiddenLong = isHiddenLong
    if (!hidden) watchHiding()
    document.dispatchEvent(new Event('visibilitychange'))
    if (hidden) watchHiding()
    else if (wasHiddenLong) returned()
  }

  function setOnline(onLine: boolean): void {
    navigator.onLine = onLine
    if (!onLine) host.doubted()
    window.dispatchEvent(new Event(onLine ? 'online' : 'offline'))
  }

  function returned(): void {
    if (!navigator.onLine) host.cameBack()
  }

  /** The page stands still; its clocks go on. */
  function rest(target: EventTarget, before: string, after: string): void {
    isAsleep = true
    target.dispatchEvent(new Event(before))
    world.sleep(random.whole(500, 120_000), false)
    world.onWake(() => {
      isAsleep = false
      target.dispatchEvent(new Event(after))
      returned()
    })
  }

  const acts = {
    'page frozen': () => rest(document, 'freeze', 'resume'),
    'page cached': () => rest(window, 'pagehide', 'pageshow'),
    'page hidden'() {
      setHidden(true)
      world.onClient(random.whole(500, 60_000), () => document.hidden && setHidden(false))
    },
    offline() {
      const isReal = random.chance(0.6)
      if (isReal) host.setDown(true)
      setOnline(false)
      world.onClient(random.whole(200, 90_000), () => {
        if (navigator.onLine) return
        host.setDown(false)
        setOnline(true)
      })
    },
  } as const

  const globals = {
    window,
    document,
    navigator,
    requestAnimationFrame(callback: () => void) {
      // A page that nobody sees has no frames.
      frames++
      if (!document.hidden) cancelFrames.set(frames, world.clock.after(16, callback))
      return frames
    },
    cancelAnimationFrame(frame: number) {
      cancelFrames.get(frame)?.()
      cancelFrames.delete(frame)
    },
  }

  return {
    install: () => (host.exists ? replaceGlobals(globals) : () => {}),
    watched: watchHiding,
    mustRest: () => isAsleep || isHiddenLong,
    get isAsleep() {
      return isAsleep
    },
    act() {
      if (!host.exists || isAsleep) return
      const what = random.pick(['page frozen', 'page cached', 'page hidden', 'offline'] as const)
      if ((what === 'page hidden' && document.hidden) || (what === 'offline' && !navigator.onLine)) return
      world.trace(what)
      coverage.hit(what)
      acts[what]()
    },
    listeners: () => signals.filter((signal) => !signal?.aborted).length,
    heal() {
      if (document.hidden) setHidden(false)
      host.setDown(false)
      if (!navigator.onLine) setOnline(true)
    },
  }
}

/** Notes what each listener ends with. */
function countedTarget(signals: (AbortSignal | undefined)[]): EventTarget {
  const target = new EventTarget()
  const add = target.addEventListener.bind(target)
  return Object.assign(target, {
    addEventListener(type: string, listener: EventListener, options?: AddEventListenerOptions) {
      signals.push(options?.signal)
      add(type, listener, options)
    },
  })
}
