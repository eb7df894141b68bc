import { openJournal } from '../together/journal.ts'
import { persist } from '../together/persist.ts'
import { Work } from './work.ts'
import type { Backplane, Realtime } from '@steadystream/server'
import type { Leadership } from '../together/leadership.ts'
import type { Action, Requests, WorkType } from './work.ts'

/** What those who do the work get. */
export interface Assignment {
  readonly id: string
  /** Aborted when the work is stopped, or left to another process. */
  readonly signal: AbortSignal
  readonly wasStopped: boolean
  /**
   * Sends the next event of a lane. Whoever does the work anew sends the same events in each lane, and those that were
   * sent before are not published a second time.
   */
  emit(event: unknown, lane?: string): Promise<void>
  /** Waits until the work has been under way for so many milliseconds. */
  until(ms: number): Promise<void>
  onControl(listener: (action: Action, offset: number) => void): void
}

/** Each type of work by a function that does it from its beginning. */
export type Performers = {
  readonly [Type in WorkType]: (request: Requests[Type], assignment: Assignment) => Promise<void>
}

/**
 * Work that goes to a channel, and not to the response of the request that asked for it: a viewer whose link breaks finds
 * it where he left it. Any process takes the order, the leader does it; a leader that dies is followed by one that does it
 * again, and publishes what is missing.
 */
export interface Works {
  /** The ID of the new work, or of the one for the same `key` that is under way or just over. */
  begin<Type extends WorkType>(type: Type, request: Requests[Type], name: string, key?: string): Promise<string>
  control(work: Work, action: Action): Promise<void>
  find(type: string, id: string): Promise<Work | undefined>
  /** The work for this key that was begun last. */
  findByKey(key: string): Promise<Work | undefined>
  stop(): void
}

type Entry =
  | {
      readonly kind: 'begin'
      readonly id: string
      readonly type: WorkType
      readonly request: Requests[WorkType]
      readonly key?: string | undefined
      readonly at: number
    }
  | { readonly kind: 'control'; readonly id: string; readonly action: Action; readonly at: number }
  | { readonly kind: 'end'; readonly id: string; readonly at: number }

export interface WorksOptions {
  readonly backplane: Backplane
  readonly realtime: Realtime
  readonly leadership: Leadership
  readonly performers: Performers
  onFailure(error: unknown): void
}

/** Milliseconds after which what is asked by somebody new is worked on anew. */
const freshMs = 1500
const maxWorks = 500

export const isFresh = ({ endedAt }: Work, now: number) => endedAt === undefined || now - endedAt <= freshMs

export async function openWorks({
  backplane,
  realtime,
  leadership,
  performers,
  onFailure,
}: WorksOptions): Promise<Works> {
  const works = new Map<string, Work>()
  const byKey = new Map<string, string>()
  const running = new Map<string, AbortController>()

  const journal = await openJournal<Entry>({
    backplane,
    name: 'works',
    take({ entry, offset }) {
      if (entry.kind === 'begin') return add(entry)
      const work = works.get(entry.id)
      if (entry.kind === 'control') work?.control(entry.action, entry.at, offset)
      else if (work) work.endedAt = entry.at
    },
    onFailure,
  })

  function add({ id, type, request, key, at }: Extract<Entry, { kind: 'begin' }>): void {
    const same = key === undefined ? undefined : works.get(byKey.get(key) ?? '')
    // Two processes were asked the same at once: the first to write it down has it.
    if (same && isFresh(same, at)) return
    const work = new Work(id, type, request, at)
    works.set(id, work)
    if (key !== undefined) byKey.set(key, id)
    forgetOldest()
    if (leadership.leads) run(work)
  }

  function forgetOldest(): void {
    for (const { id, isOver } of works.values()) {
      if (works.size <= maxWorks) break
      if (isOver) works.delete(id)
    }
    for (const [key, id] of byKey) if (!works.has(id)) byKey.delete(key)
  }

  function run(work: Work): void {
    if (work.isOver || running.has(work.id)) return
    const leaving = new AbortController()
    running.set(work.id, leaving)
    void perform(work, leaving.signal)
      .catch((error: unknown) => leaving.signal.aborted || onFailure(error))
      .finally(() => {
        running.delete(work.id)
        // The lead came back before this had ended.
        if (leaving.signal.aborted && leadership.leads) run(work)
      })
  }

  async function perform(work: Work, leaving: AbortSignal): Promise<void> {
    const { id, type, request } = work
    const surely = <T>(act: () => Promise<T>) => persist(act, () => !leaving.aborted)
    try {
      // The compiler does not see that type and request of one work belong together.
      const act = performers[type] as (request: Requests[WorkType], assignment: Assignment) => Promise<void>
      await act(request, assign(work, leaving, surely))
    } catch (error) {
      if (leaving.aborted) return
      onFailure(error)
    }
    await surely(() => realtime.complete({ type, id }))
    await surely(() => journal.append({ kind: 'end', id, at: Date.now() }))
  }

  function assign(work: Work, leaving: AbortSignal, surely: <T>(act: () => Promise<T>) => Promise<T>): Assignment {
    const { id, type } = work
    const signal = AbortSignal.any([work.ending, leaving])
    const sent = new Map<string, number>()
    return {
      id,
      signal,
      get wasStopped() {
        return work.ending.aborted && !leaving.aborted
      },
      async emit(event, lane = 'main') {
        const number = (sent.get(lane) ?? 0) + 1
        sent.set(lane, number)
        await surely(() => realtime.publish({ type, id }, event, { idempotencyKey: `${lane} ${number}` }))
      },
      until: (ms) => work.until(ms, signal),
      onControl: (listener) => work.onControl(listener),
    }
  }

  leadership.onChange((leads) => {
    if (leads) for (const work of works.values()) run(work)
    else for (const leaving of running.values()) leaving.abort()
  })

  /** Another process may have begun it a moment ago. */
  async function lookTwice(look: () => Work | undefined): Promise<Work | undefined> {
    const known = look()
    if (known) return known
    await journal.catchUp()
    return look()
  }

  return {
    async begin(type, request, name, key) {
      const id = `${name}_${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`
      await journal.append({ kind: 'begin', id, type, request, key, at: Date.now() })
      return (key !== undefined && byKey.get(key)) || id
    },
    control: (work, action) => journal.append({ kind: 'control', id: work.id, action, at: Date.now() }),
    find: (type, id) =>
      lookTwice(() => {
        const work = works.get(id)
        return work?.type === type ? work : undefined
      }),
    findByKey: (key) => lookTwice(() => works.get(byKey.get(key) ?? '')),
    stop: () => journal.stop(),
  }
}
