import { watchContinuations } from './await-points.ts'

/** One life of a stream, from its creation on. */
export interface Life {
  /** Goes through the whole of it, unless it is closed on the way. */
  live(isClosed: () => boolean): Promise<void>
  close(): void
  /** @throws where anything is left of it */
  check(): Promise<void>
}

/**
 * Lives a life again and again, and closes it at the first thing that goes on after having been waited for, then at the
 * second, and so on, until it comes to its own end.
 * @param begin is given what to call before something else that counts as a step, such as a timer
 * @returns the places at which it was closed
 */
export async function closeEverywhere(begin: (step: (place: string) => void) => Life): Promise<ReadonlySet<string>> {
  const places = new Set<string>()
  for (let nth = 0; ; nth++) {
    let count = 0
    let closedAt: string | undefined
    let life: Life | undefined
    const step = (place: string) => {
      if (closedAt !== undefined || !life || count++ < nth) return
      closedAt = place
      // What goes on from here on is of no interest, and to watch it takes time.
      stop()
      life.close()
    }
    const stop = watchContinuations(step)
    try {
      life = begin(step)
      await life.live(() => closedAt !== undefined)
    } finally {
      stop()
    }
    if (closedAt === undefined) life.close()
    else places.add(closedAt)
    try {
      await life.check()
    } catch (error) {
      throw new Error(`closed at step ${nth}, ${closedAt}: ${String(error)}`, { cause: error })
    }
    if (closedAt === undefined) return places
  }
}
