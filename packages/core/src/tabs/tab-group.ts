import type { TabApis } from '../env.ts'
import type { Message } from './relay.ts'

/** A tab's part in its group: what the tabs say to each other, and the lock of the one that leads. */
export interface TabGroup {
  readonly holdsLock: boolean
  post(...message: Message): void
  /** Queues for the lock, unless it does already, or takes it from a tab that does not answer. */
  ask(steal?: boolean): void
  /** Lets the lock go, or leaves the queue. */
  letGo(): void
  close(): void
}

/**
 * The browser gives the lock to the next tab when the one that has it ends, however that comes.
 * @param lost another tab took the lock, or this page may have none
 * @throws where the page may not talk to others
 */
export function joinGroup(
  { locks, BroadcastChannel }: TabApis,
  name: string,
  heard: (message: Message) => void,
  granted: (wasStolen: boolean) => void,
  lost: (error: unknown) => void,
): TabGroup {
  const channel = new BroadcastChannel(name)
  let controller: AbortController | undefined
  let holdsLock = false

  function letGo(): void {
    controller?.abort()
    controller = undefined
    holdsLock = false
  }

  channel.onmessage = ({ data }) => {
    // Only tabs of this version know the name; each field is checked where it is used.
    if (Array.isArray(data)) heard(data as unknown as Message)
  }
  return {
    get holdsLock() {
      return holdsLock
    },
    post: (...message) => channel.postMessage(message),
    ask(steal = false) {
      if (controller && !steal) return
      letGo()
      const { signal } = (controller = new AbortController())
      const hold = () =>
        new Promise((release) => {
          signal.addEventListener('abort', release)
          // It may have been granted just before it was given up.
          if (signal.aborted) return release(0)
          holdsLock = true
          granted(steal)
        })
      // The two options exclude each other.
      locks.request(name, steal ? { steal } : { signal }, hold).catch((error: unknown) => {
        if (signal.aborted) return
        letGo()
        lost(error)
      })
    },
    letGo,
    close() {
      letGo()
      channel.close()
    },
  }
}
