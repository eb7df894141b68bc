import {
  createABTestResultsEvent,
  createAlertEvent,
  createCampaignMetricsEvent,
  createLiveMetricsEvent,
} from '@steadystream/core/presets'
import { openJournal } from '../together/journal.ts'
import { createCampaignBook } from './campaign-book.ts'
import type { Backplane, Realtime } from '@steadystream/server'
import type { Journal } from '../together/journal.ts'
import type { Leadership } from '../together/leadership.ts'
import type { Campaign, CampaignSetting } from './campaign.ts'
import type { CampaignBook, CampaignChange, Told, TrafficEntry } from './campaign-book.ts'

/** Runs the campaigns: lets visitors come, and publishes what their logs say. */
export interface CampaignDesk {
  readonly campaigns: ReadonlyMap<string, Campaign>
  /** The campaign with this A/B test. */
  ofTest(testId: string): Campaign | undefined
  /** Resolves when it is so, in every process. */
  change(id: string, change: CampaignChange): Promise<void>
  stop(): void
}

export interface CampaignDeskOptions {
  readonly realtime: Realtime
  readonly backplane: Backplane
  readonly leadership: Leadership
  onFailure(error: unknown): void
  readonly random?: () => number
}

/** Milliseconds between two groups of visitors. */
const visitsMs = 250
/** Milliseconds between two events of metrics and of results. */
const metricsMs = 2000

const settings: readonly CampaignSetting[] = [
  {
    id: 'spring',
    name: 'Spring launch',
    owner: 'ann',
    variants: [
      { id: 'A', clickRate: 0.031, buyRate: 0.06 },
      { id: 'B', clickRate: 0.043, buyRate: 0.06 },
    ],
  },
  {
    id: 'autumn',
    name: 'Autumn reminder',
    owner: 'bob',
    variants: [
      { id: 'A', clickRate: 0.028, buyRate: 0.05 },
      { id: 'B', clickRate: 0.028, buyRate: 0.05 },
    ],
  },
]

/** Of several processes each has all campaigns, made of one journal; the leader writes to it, and publishes. */
export async function openCampaignDesk(options: CampaignDeskOptions): Promise<CampaignDesk> {
  const { realtime, backplane, leadership, onFailure, random = Math.random } = options
  const book = createCampaignBook(settings, random)
  const { campaigns } = book
  const publish = (...args: Parameters<Realtime['publish']>) => void realtime.publish(...args).catch(onFailure)
  // Visitors come four times a second; twice a second is as often as somebody can read the figures.
  realtime.shape({ type: 'live_metrics' }, { maxPerSecond: 2, latestByKey: () => 'latest' })

  const journal = await openJournal<TrafficEntry>({
    backplane,
    name: 'traffic',
    take({ entry, offset, isNew }) {
      const isMine = isNew && leadership.leads
      if (entry.kind === 'change') return book.change(entry)
      if (entry.kind === 'tick') {
        book.tick(entry)
        if (isMine) for (const campaign of campaigns.values()) publishLive(publish, campaign, entry.at)
      } else {
        const told = book.tell(entry.at)
        if (isMine) for (const each of told) publishTold(publish, each, offset)
      }
    },
    onFailure,
  })
  const stopTimers = runTimers({ journal, book, leadership, onFailure })

  return {
    campaigns,
    ofTest: (testId) => [...campaigns.values()].find(({ id }) => testOf(id) === testId),
    change: (id, change) => journal.append({ kind: 'change', id, change }),
    stop() {
      stopTimers()
      journal.stop()
    },
  }
}

type Publish = (...args: Parameters<Realtime['publish']>) => void

function publishLive(publish: Publish, campaign: Campaign, at: number): void {
  const { id } = campaign
  const metrics = campaign.live(at)
  publish({ type: 'live_metrics', id }, createLiveMetricsEvent({ entityId: id, entityType: 'campaign', metrics }))
}

function publishTold(publish: Publish, { campaign, metrics, change, results, raised }: Told, offset: number): void {
  const { id, owner } = campaign
  const testId = testOf(id)
  // One entry is told once, even where two processes take themselves for the leader for a moment.
  const once = { idempotencyKey: `${id} ${offset}` }
  publish({ type: 'campaign_metrics', id }, createCampaignMetricsEvent({ campaignId: id, metrics, change }), once)
  publish({ type: 'ab_test_results', id: testId }, createABTestResultsEvent({ testId, ...results }), once)
  for (const { rule, severity, category, title, message, actionRequired } of raised) {
    const about = { actionRequired, entityId: id, entityType: 'campaign' }
    const alert = createAlertEvent(severity, category, title, message, about)
    publish({ type: 'alerts', userId: owner }, alert, { idempotencyKey: `${id} ${rule} ${offset}` })
  }
}

interface TimerOptions extends Pick<CampaignDeskOptions, 'leadership' | 'onFailure'> {
  readonly journal: Journal<TrafficEntry>
  readonly book: CampaignBook
}

/** Writes ticks and tells for as long as this process leads. */
function runTimers({ journal, book, leadership, onFailure }: TimerOptions): () => void {
  let visitedAt = Date.now()
  let isTicking = false

  async function letVisitorsCome(): Promise<void> {
    // The next tick rests on this one.
    if (isTicking || !leadership.leads) return
    isTicking = true
    const now = Date.now()
    // A process that slept does not catch up on hours of traffic.
    const seconds = Math.min(1, (now - visitedAt) / 1000)
    visitedAt = now
    await journal.append(book.next(seconds, now)).finally(() => (isTicking = false))
  }

  async function tell(): Promise<void> {
    if (leadership.leads) await journal.append({ kind: 'tell', at: Date.now() })
  }

  const timers = [
    setInterval(() => void letVisitorsCome().catch(onFailure), visitsMs),
    setInterval(() => void tell().catch(onFailure), metricsMs),
  ]
  return () => timers.forEach((timer) => clearInterval(timer))
}

/** Each campaign has one test, of its variants. */
export const testOf = (campaignId: string) => `${campaignId}-variants`
