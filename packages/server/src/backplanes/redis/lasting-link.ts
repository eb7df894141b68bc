import { randomFraction, sleep } from '../../env.ts'

import type { RedisDriver, RedisLink } from './driver.ts'

export interface LinkSetup {
  readonly driver: RedisDriver
  /** What has to be done before the link can be used; the link is lost if it rejects. */
  readonly prepare: (link: RedisLink) => Promise<void>
  readonly onMessage?: (channel: string, message: string) => void
  readonly onUp: () => void
  /** Called for each connection that is lost, and each that could not be made. */
  readonly onDown: (error: unknown) => void
}

/** A link that is opened again whenever it is lost. */
export interface LastingLink {
  /** The link, while it stands and is prepared. */
  readonly current: RedisLink | undefined
  /** Settles when the first attempt has ended, one way or the other. Never rejects. */
  readonly firstAttempt: Promise<void>
  /** Cuts the link, which is of no use any more, so that another one is opened. */
  drop(error: unknown): void
  close(): Promise<void>
}

const baseMs = 25
const maxMs = 2000
const prepareTimeoutMs = 10_000

/** A link that served, however shortly, is opened again at once: what was published meanwhile waits in history. */
function backoff(attempt: number): number {
  const windowMs = Math.min(baseMs * 2 ** attempt, maxMs)
  return windowMs / 2 + (randomFraction() * windowMs) / 2
}

function ignore(): void {}

export function keepLink({ driver, prepare, onMessage, onUp, onDown }: LinkSetup): LastingLink {
  const closing = new AbortController()
  const { signal } = closing
  let current: RedisLink | undefined
  let dropCurrent: (error: unknown) => void = () => {}
  let endFirstAttempt: () => void = () => {}
  const firstAttempt = new Promise<void>((resolve) => {
    endFirstAttempt = resolve
  })

  /** Opens a link and serves until it is lost. @returns whether it stood. */
  async function serve(): Promise<boolean> {
    let lose: (error: unknown) => void = () => {}
    const loss = new Promise<never>((_, reject) => {
      lose = reject
    })
    loss.catch(() => {})
    const link = await driver.open({ message: onMessage ?? ignore, lost: lose }, signal)
    let stood = false
    try {
      dropCurrent = lose
      signal.throwIfAborted()
      await Promise.race([loss, within(prepareTimeoutMs, prepare(link))])
      signal.throwIfAborted()
      stood = true
      current = link
      endFirstAttempt()
      onUp()
      await loss
    } catch (error) {
      current = undefined
      link.destroy()
      if (!signal.aborted) onDown(error)
    }
    return stood
  }

  async function run(): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        if (await serve()) attempt = 0
      } catch (error) {
        if (!signal.aborted) onDown(error)
      }
      endFirstAttempt()
      if (!signal.aborted) await sleep(backoff(attempt), signal)
    }
  }

  const running = run()
  return {
    get current() {
      return current
    },
    firstAttempt,
    drop: (error) => dropCurrent(error),
    async close() {
      closing.abort()
      dropCurrent(new Error('closed'))
      await running
    },
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const done = new AbortController()
  const timeout = sleep(ms, done.signal).then(() => {
    if (!done.signal.aborted) throw new Error(`Redis did not answer within ${ms} ms`)
  })
  try {
    await Promise.race([work, timeout])
  } finally {
    done.abort()
  }
}
