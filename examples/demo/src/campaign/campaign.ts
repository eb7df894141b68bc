import { createABTest } from './ab-results.ts'
import { createAlertRules } from './alert-rules.ts'
import { createClickLog } from './click-log.ts'
import { changeOf, liveMetricsOf, metricsOf, sumOf } from './metrics.ts'
import { visit } from './traffic.ts'
import type { CampaignMetrics } from '@steadystream/core/presets'
import type { ABResults } from './ab-results.ts'
import type { Raised, Thresholds } from './alert-rules.ts'
import type { ClickLog, LogLine } from './click-log.ts'
import type { Behaviour } from './traffic.ts'

/** What the visitors are like at the moment; chosen on the page. */
export const moods = {
  usual: { impressionsPerSecond: 90, interest: 1 },
  surge: { impressionsPerSecond: 420, interest: 1.05 },
  bored: { impressionsPerSecond: 90, interest: 0.35 },
  nobody: { impressionsPerSecond: 0, interest: 1 },
} as const
export type Mood = keyof typeof moods

export interface Campaign {
  readonly id: string
  readonly name: string
  /** Whose alerts it raises. */
  readonly owner: string
  readonly log: ClickLog
  mood: Mood
  thresholds: Thresholds
  /** What the visitors of so many seconds do; for the log. */
  visitors(seconds: number, at: number): readonly LogLine[]
  live(at: number): Readonly<Record<string, number>>
  /** The metrics, and how they differ from those told before. */
  tell(): { readonly metrics: CampaignMetrics; readonly change: ReturnType<typeof changeOf> }
  results(): ABResults
  alerts(at: number): readonly Raised[]
}

export interface CampaignSetting {
  readonly id: string
  readonly name: string
  readonly owner: string
  readonly variants: readonly Behaviour[]
}

const liveWindowMs = 5000
const ctrWindowMs = 30_000

export function createCampaign({ id, name, owner, variants }: CampaignSetting, random: () => number): Campaign {
  const log = createClickLog()
  const test = createABTest()
  const rules = createAlertRules()
  let told: CampaignMetrics | undefined
  const total = () => sumOf(log.totals().values())

  const campaign: Campaign = {
    id,
    name,
    owner,
    log,
    mood: 'usual',
    thresholds: { minCtr: 0.02, budget: 500, maxImpressionsPerSecond: 250 },
    visitors: (seconds, at) => visit({ variants, ...moods[campaign.mood] }, seconds, at, random),
    live: (at) => liveMetricsOf(log.since(at - liveWindowMs), liveWindowMs),
    tell() {
      const metrics = metricsOf(total())
      const change = changeOf(metrics, told)
      told = metrics
      return { metrics, change }
    },
    results: () => test.look(log.totals()),
    alerts(at) {
      const recent = log.since(at - ctrWindowMs)
      const readings = {
        ctr: metricsOf(recent).ctr,
        ctrImpressions: recent.impressions,
        spend: total().spend,
        impressionsPerSecond: (log.since(at - liveWindowMs).impressions * 1000) / liveWindowMs,
        winner: test.look(log.totals()).winner,
      }
      return rules.check(readings, campaign.thresholds)
    },
  }
  return campaign
}
