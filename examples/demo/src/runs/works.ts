import { openJournal } from '../together/journal.ts'
import { KnownWorks } from './known-works.ts'
import { createWorkBench } from './work-bench.ts'
import type { Backplane, Realtime } from '@steadystream/server'
import type { Leadership } from '../together/leadership.ts'
import type { Performers } from './assignment.ts'
import type { Begun } from './known-works.ts'
import type { Action, Requests, Work, WorkType } from './work.ts'

/** More work than is taken at a time. */
export class TooMuchWork extends Error {
  constructor() {
    super('Too much is being worked on; try again in a few seconds.')
    this.name = 'TooMuchWork'
  }
}

/**
 * Work that goes to a channel, and not to the response of the request that asked for it: a viewer whose link breaks finds
 * it where he left it. Any process takes the order, the leader does it; a leader that dies is followed by one that does it
 * again, and publishes what is missing.
 */
export interface Works {
  /**
   * The ID of the new work, or of the one for the same `key` that is under way or just over.
   * @throws {TooMuchWork}
   */
  begin<Type extends WorkType>(type: Type, request: Requests[Type], name: string, key?: string): Promise<string>
  control(work: Work, action: Action): Promise<void>
  find(type: string, id: string): Promise<Work | undefined>
  /** The work for this key that was begun last. */
  findByKey(key: string): Promise<Work | undefined>
  stop(): void
}

type Entry =
  | ({ readonly kind: 'begin' } & Begun)
  | { readonly kind: 'control'; readonly id: string; readonly action: Action; readonly at: number }
  | { readonly kind: 'end'; readonly id: string; readonly at: number }

export interface WorksOptions {
  readonly backplane: Backplane
  readonly realtime: Realtime
  readonly leadership: Leadership
  readonly performers: Performers
  onFailure(error: unknown): void
}

export async function openWorks(options: WorksOptions): Promise<Works> {
  const { backplane, realtime, leadership, performers, onFailure } = options
  const works = new KnownWorks()
  const bench = createWorkBench({
    realtime,
    performers,
    leads: () => leadership.leads,
    end: ({ id }) => journal.append({ kind: 'end', id, at: Date.now() }),
    stop: (work) => control(work, 'stop'),
    onFailure,
  })

  const journal = await openJournal<Entry>({
    backplane,
    name: 'works',
    take({ entry, offset }) {
      const work = entry.kind === 'begin' ? works.add(entry) : works.get(entry.id)
      if (entry.kind === 'control') work?.control(entry.action, entry.at, offset)
      else if (entry.kind === 'end' && work) work.endedAt = entry.at
      else if (work && leadership.leads) bench.run(work)
    },
    onFailure,
  })

  leadership.onChange((leads) => {
    if (leads) for (const work of works.all()) bench.run(work)
    else bench.leaveAll()
  })

  function control({ id }: Work, action: Action): Promise<void> {
    return journal.append({ kind: 'control', id, action, at: Date.now() })
  }

  /** Another process may have begun it a moment ago. */
  async function lookTwice(look: () => Work | undefined): Promise<Work | undefined> {
    const known = look()
    if (known) return known
    await journal.catchUp()
    return look()
  }

  return {
    async begin(type, request, name, key) {
      if (works.isFull) throw new TooMuchWork()
      const id = newId(name)
      await journal.append({ kind: 'begin', id, type, request, key, at: Date.now() })
      return (key !== undefined && works.getByKey(key)?.id) || id
    },
    control,
    async find(type, id) {
      const work = await lookTwice(() => works.get(id))
      return work?.type === type ? work : undefined
    },
    findByKey: (key) => lookTwice(() => works.getByKey(key)),
    stop: () => journal.stop(),
  }
}

const newId = (name: string) => `${name}_${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`
