import { createCampaign } from './campaign.ts'
import type { ABResults } from './ab-results.ts'
import type { Raised, Thresholds } from './alert-rules.ts'
import type { Campaign, CampaignSetting, Mood } from './campaign.ts'
import type { Counts, LogLine } from './click-log.ts'

/** What one campaign gets within a tick of the traffic, and how it stands after it. */
interface CampaignTick {
  readonly id: string
  readonly lines: readonly LogLine[]
  readonly totals: Readonly<Record<string, Counts>>
  readonly mood: Mood
  readonly thresholds: Thresholds
}

/** What somebody sets on the page. */
export interface CampaignChange {
  readonly mood?: Mood | undefined
  readonly thresholds?: Thresholds | undefined
  /** Begins the campaign anew, with an empty log. */
  readonly reset?: boolean | undefined
}

/**
 * What the journal of the traffic holds. `after` counts the ticks and changes that a tick rests on: one that was overtaken
 * by a change, or by the tick of another leader, does not count.
 */
export type TrafficEntry =
  | { readonly kind: 'tick'; readonly after: number; readonly campaigns: readonly CampaignTick[]; readonly at: number }
  | { readonly kind: 'change'; readonly id: string; readonly change: CampaignChange }
  | { readonly kind: 'tell'; readonly at: number }

/** What is to be told of a campaign. */
export interface Told extends ReturnType<Campaign['tell']> {
  readonly campaign: Campaign
  readonly results: ABResults
  readonly raised: readonly Raised[]
}

/** All campaigns, made of the entries of the journal and of nothing else. */
export interface CampaignBook {
  readonly campaigns: ReadonlyMap<string, Campaign>
  /** The visitors of so many seconds, to be written to the journal. */
  next(seconds: number, at: number): TrafficEntry
  tick(entry: Extract<TrafficEntry, { kind: 'tick' }>): void
  change(entry: Extract<TrafficEntry, { kind: 'change' }>): void
  /** Every process looks, so that each knows what was told before and which alerts were raised. */
  tell(at: number): readonly Told[]
}

export function createCampaignBook(settings: readonly CampaignSetting[], random: () => number): CampaignBook {
  const campaigns = new Map(settings.map((setting) => [setting.id, createCampaign(setting, random)]))
  /** Ticks and changes so far; `undefined` before the first tick. */
  let count: number | undefined

  return {
    campaigns,
    next: (seconds, at) => ({
      kind: 'tick',
      after: count ?? 0,
      campaigns: Array.from(campaigns.values(), (campaign) => tickOf(campaign, seconds, at)),
      at,
    }),
    tick({ after, campaigns: ticks }) {
      if (count !== undefined && after !== count) return
      for (const tick of ticks) {
        const campaign = campaigns.get(tick.id)
        if (campaign) take(campaign, tick, count === undefined)
      }
      count = after + 1
    },
    change({ id, change: { mood, thresholds, reset } }) {
      if (count !== undefined) count += 1
      const setting = settings.find((each) => each.id === id)
      if (!setting) return
      const campaign = (!reset && campaigns.get(id)) || createCampaign(setting, random)
      if (mood) campaign.mood = mood
      if (thresholds) campaign.thresholds = thresholds
      campaigns.set(id, campaign)
    },
    tell: (at) =>
      Array.from(campaigns.values(), (campaign) => ({
        campaign,
        ...campaign.tell(),
        results: campaign.results(),
        raised: campaign.alerts(at),
      })),
  }
}

function tickOf(campaign: Campaign, seconds: number, at: number): CampaignTick {
  const { id, mood, thresholds } = campaign
  const lines = campaign.visitors(seconds, at)
  return { id, lines, totals: Object.fromEntries(campaign.log.totalsWith(lines)), mood, thresholds }
}

/** A campaign whose beginning this process has not seen takes everything from the tick. */
function take(campaign: Campaign, tick: CampaignTick, isFirst: boolean): void {
  campaign.log.append(tick.lines)
  if (!isFirst) return
  campaign.log.adopt(tick.totals)
  campaign.mood = tick.mood
  campaign.thresholds = tick.thresholds
}
