import { openCampaignDesk } from './campaign/campaign-desk.ts'
import { openChatDesk } from './chat/chat-desk.ts'
import { gatherFacts } from './chat/gather-facts.ts'
import { holdCouncil } from './council/hold-council.ts'
import { createRemoteEvaluator } from './council/remote-evaluator.ts'
import { evaluateCreative } from './creative/evaluate-creative.ts'
import { createRuns } from './runs/runs.ts'
import { openWorks } from './runs/works.ts'
import { openDocuments } from './writing/documents.ts'
import { fly } from './writing/fly.ts'
import { writeArticle } from './writing/write-article.ts'
import { createWritingDesk } from './writing/writing-desk.ts'
import type { Backplane, Realtime } from '@steadystream/server'
import type { CampaignDesk } from './campaign/campaign-desk.ts'
import type { ChatDesk } from './chat/chat-desk.ts'
import type { JobStore } from './jobs/job-store.ts'
import type { Performers } from './runs/assignment.ts'
import type { Runs } from './runs/runs.ts'
import type { Works } from './runs/works.ts'
import type { Settings } from './settings.ts'
import type { Leadership } from './together/leadership.ts'
import type { Documents } from './writing/documents.ts'
import type { WritingDesk } from './writing/writing-desk.ts'

export interface DeskOptions {
  readonly settings: Settings
  readonly realtime: Realtime
  readonly backplane: Backplane
  readonly leadership: Leadership
  readonly store: JobStore
  /** What to call with an error, by what failed. */
  failed(what: string): (error: unknown) => void
}

export interface Desks {
  readonly works: Works
  readonly runs: Runs
  readonly campaigns: CampaignDesk
  readonly writing: WritingDesk
  readonly chat: ChatDesk
  stop(): void
}

/** Everything that all processes do together. */
export async function openDesks(options: DeskOptions): Promise<Desks> {
  const { settings, realtime, backplane, leadership, store, failed } = options
  const parts = { realtime, backplane, leadership }
  const documents = await openDocuments(backplane, failed('keeping documents'))
  const performers = performersFor(settings, documents, failed)
  const works = await openWorks({ ...parts, performers, onFailure: failed('a run') })
  const campaigns = await openCampaignDesk({ ...parts, onFailure: failed('publishing metrics') })
  const chat = await openChatDesk({
    ...parts,
    everyMs: settings.chatEveryMs,
    facts: () => gatherFacts(realtime, store, campaigns),
    onFailure: failed('the chat'),
  })
  return {
    works,
    runs: createRuns(works),
    campaigns,
    writing: createWritingDesk(works, documents),
    chat,
    stop() {
      for (const each of [documents, works, campaigns, chat]) each.stop()
    },
  }
}

function performersFor(
  { paceMs, provider }: Settings,
  documents: Documents,
  failed: DeskOptions['failed'],
): Performers {
  const council = { paceMs, remote: provider && createRemoteEvaluator(provider) }
  return {
    council_score: (script, assignment) => holdCouncil(script, assignment, council),
    creative_evaluation: (creative, assignment) => evaluateCreative(creative, assignment, paceMs),
    autopilot: (request, assignment) => fly(request, assignment, { paceMs, documents, onFailure: failed('writing') }),
    async generation({ docId }, assignment) {
      const document = await documents.find(docId)
      if (!document) throw new Error(`${docId} is gone: it was planned too long ago`)
      await writeArticle(document, assignment, paceMs)
    },
  }
}
