import { Work } from './work.ts'
import type { Requests, WorkType } from './work.ts'

export interface Begun {
  readonly id: string
  readonly type: WorkType
  readonly request: Requests[WorkType]
  readonly key?: string | undefined
  readonly at: number
}

/** Milliseconds after which what is asked by somebody new is worked on anew. */
const freshMs = 1500
const maxWorks = 500
/** Under way at a time, of all visitors together. */
const maxUnderWay = 40

export const isFresh = ({ endedAt }: Work, now: number) => endedAt === undefined || now - endedAt <= freshMs

/** All work that was begun: the last of it, and what is under way. */
export class KnownWorks {
  readonly #works = new Map<string, Work>()
  readonly #byKey = new Map<string, string>()

  /** The new work; `undefined` where the same is fresh: of two processes that were asked the same at once, the first to write it down has it. */
  add({ id, type, request, key, at }: Begun): Work | undefined {
    const same = key === undefined ? undefined : this.getByKey(key)
    if (same && isFresh(same, at)) return undefined
    const work = new Work(id, type, request, at)
    this.#works.set(id, work)
    if (key !== undefined) this.#byKey.set(key, id)
    this.#forgetOldest()
    return work
  }

  get(id: string): Work | undefined {
    return this.#works.get(id)
  }

  getByKey(key: string): Work | undefined {
    return this.#works.get(this.#byKey.get(key) ?? '')
  }

  /** Whether there is enough to do. */
  get isFull(): boolean {
    return [...this.#works.values()].filter(({ isOver }) => !isOver).length >= maxUnderWay
  }

  all(): Iterable<Work> {
    return this.#works.values()
  }

  #forgetOldest(): void {
    for (const { id, isOver } of this.#works.values()) {
      if (this.#works.size <= maxWorks) break
      if (isOver) this.#works.delete(id)
    }
    for (const [key, id] of this.#byKey) if (!this.#works.has(id)) this.#byKey.delete(key)
  }
}
