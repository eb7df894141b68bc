import { createAutopilotEvent } from '@steadystream/core/presets'
import { collection } from './collection.ts'
import { outlineOf } from './outline.ts'
import { search } from './search.ts'
import { verify } from './verify.ts'
import type { AutopilotEvent, AutopilotStats } from '@steadystream/core/presets'
import type { AutopilotRequest } from './autopilot-request.ts'
import type { Outline } from './outline.ts'

/** What an autopilot works with. */
export interface Cockpit {
  /** Resolves when the next event is due: searching takes less than a millisecond, people read more slowly. */
  pace(): Promise<void>
  tell(event: AutopilotEvent): Promise<void>
  /** Keeps what was planned, and names it. */
  keep(outline: Outline, useStyle: boolean): Promise<string>
}

/** The most telling words of the topic are searched for one by one as well: each finds what the others hide. */
const maxQueries = 4

/** Searches the collection, verifies what it found, and plans an article. */
export async function flyAutopilot(request: AutopilotRequest, cockpit: Cockpit): Promise<void> {
  const { topic, verifyLevel, allowPreprint, useStyle } = request
  const sources = collection.filter(({ kind }) => allowPreprint || kind !== 'preprint')
  const stats = { hits: 0, verified: 0, sections: 0 }
  const tell = (step: AutopilotEvent['step'], progress: number, message: string, now: AutopilotStats = stats) =>
    advance(cockpit, { step, progress, stats: now, message })

  await tell('search', 2, `Searching ${sources.length} texts`)
  const queries = queriesOf(topic)
  const found = new Map<string, ReturnType<typeof search>[number]>()
  for (const [index, query] of queries.entries()) {
    for (const hit of search(query, sources)) {
      const id = `${hit.source.key}:${hit.index}`
      if (!found.has(id)) found.set(id, hit)
    }
    await tell('search', 5 + (35 * (index + 1)) / queries.length, `“${query}”`, { ...stats, hits: found.size })
  }
  const hits = [...found.values()].sort((a, b) => b.score - a.score)
  if (hits.length === 0) throw new AutopilotFailure(`Nothing in the collection is about “${topic}”.`)

  const checked = { ...stats, hits: hits.length }
  await tell('strategy', 45, `Looking for support at level ${verifyLevel}`, checked)
  const verified = verify(hits, sources, verifyLevel)
  const kept = { ...checked, verified: verified.length }
  await tell('strategy', 65, `${verified.length} of ${hits.length} statements are supported`, kept)
  if (verified.length === 0) throw new AutopilotFailure('No statement has enough support; choose a lower level.')

  await tell('outline', 75, 'Putting statements into sections', kept)
  const outline = outlineOf(topic, verified, useStyle)
  for (const [index, { heading }] of outline.sections.entries()) {
    const progress = 75 + (20 * (index + 1)) / outline.sections.length
    await tell('outline', progress, heading, { ...kept, sections: index + 1 })
  }
  const docId = await cockpit.keep(outline, useStyle)
  const done = { ...kept, sections: outline.sections.length }
  await cockpit.tell(createAutopilotEvent({ step: 'done', progress: 100, stats: done, docId, message: outline.title }))
}

/** A task that cannot be done, in words for who asked. */
export class AutopilotFailure extends Error {}

async function advance({ pace, tell }: Cockpit, event: AutopilotEvent): Promise<void> {
  await tell(createAutopilotEvent({ ...event, progress: Math.round(event.progress) }))
  await pace()
}

function queriesOf(topic: string): string[] {
  const words = topic.match(/[\p{L}\p{N}-]{4,}/gu) ?? []
  const telling = [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, maxQueries - 1)
  return [topic, ...telling.filter((word) => word !== topic)]
}
