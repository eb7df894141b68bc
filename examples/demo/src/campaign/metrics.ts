import { addCounts, nothing } from './click-log.ts'
import type { CampaignChange, CampaignMetrics } from '@steadystream/core/presets'
import type { Counts } from './click-log.ts'

/** All variants together. */
export function sumOf(totals: Iterable<Counts>): Counts {
  return [...totals].reduce(addCounts, nothing)
}

export function metricsOf({ impressions, clicks, conversions, spend, revenue }: Counts): CampaignMetrics {
  return {
    impressions,
    clicks,
    ctr: rounded(impressions === 0 ? 0 : clicks / impressions, 5),
    spend: rounded(spend, 2),
    conversions,
    roas: rounded(spend === 0 ? 0 : revenue / spend, 3),
  }
}

/** What has changed since the metrics before; all of it where there are none. */
export function changeOf(now: CampaignMetrics, before: CampaignMetrics | undefined): Required<CampaignChange> {
  const since = (name: keyof CampaignMetrics, places: number) => rounded(now[name] - (before?.[name] ?? 0), places)
  return {
    impressions: since('impressions', 0),
    clicks: since('clicks', 0),
    ctr: since('ctr', 5),
    spend: since('spend', 2),
    conversions: since('conversions', 0),
    roas: since('roas', 3),
  }
}

/** What goes on right now, per second over a few seconds. */
export function liveMetricsOf(recent: Counts, windowMs: number): Readonly<Record<string, number>> {
  const perSecond = (count: number) => rounded((count * 1000) / windowMs, 2)
  return {
    impressionsPerSecond: perSecond(recent.impressions),
    clicksPerSecond: perSecond(recent.clicks),
    conversionsPerMinute: rounded((recent.conversions * 60_000) / windowMs, 1),
    spendPerMinute: rounded((recent.spend * 60_000) / windowMs, 2),
    ctr: rounded(recent.impressions === 0 ? 0 : recent.clicks / recent.impressions, 5),
  }
}

function rounded(value: number, places: number): number {
  const factor = 10 ** places
  return Math.round(value * factor) / factor
}
