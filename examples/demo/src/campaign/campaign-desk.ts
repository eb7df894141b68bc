import {
  createABTestResultsEvent,
  createAlertEvent,
  createCampaignMetricsEvent,
  createLiveMetricsEvent,
} from '@steadystream/core/presets'
import { createCampaign } from './campaign.ts'
import type { Realtime } from '@steadystream/server'
import type { Campaign, CampaignSetting } from './campaign.ts'

/** Runs the campaigns: lets visitors come, and publishes what their logs say. */
export interface CampaignDesk {
  readonly campaigns: ReadonlyMap<string, Campaign>
  /** The campaign with this A/B test. */
  ofTest(testId: string): Campaign | undefined
  /** Begins the campaign anew, with an empty log. */
  reset(id: string): void
  stop(): void
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

export function createCampaignDesk(
  realtime: Realtime,
  onFailure: (error: unknown) => void,
  random: () => number = Math.random,
): CampaignDesk {
  const campaigns = new Map(settings.map((setting) => [setting.id, createCampaign(setting, random)]))
  const publish = (...args: Parameters<Realtime['publish']>) => void realtime.publish(...args).catch(onFailure)
  // Visitors come four times a second; twice a second is as often as somebody can read the figures.
  realtime.shape({ type: 'live_metrics' }, { maxPerSecond: 2, latestByKey: () => 'latest' })

  let visitedAt = Date.now()
  function letVisitorsCome(): void {
    const now = Date.now()
    // A process that slept does not catch up on hours of traffic.
    const seconds = Math.min(1, (now - visitedAt) / 1000)
    visitedAt = now
    for (const campaign of campaigns.values()) {
      campaign.advance(seconds, now)
      const { id } = campaign
      publish(
        { type: 'live_metrics', id },
        createLiveMetricsEvent({ entityId: id, entityType: 'campaign', metrics: campaign.live(now) }),
      )
    }
  }

  function tell(): void {
    for (const campaign of campaigns.values()) {
      const { id, owner } = campaign
      publish({ type: 'campaign_metrics', id }, createCampaignMetricsEvent({ campaignId: id, ...campaign.tell() }))
      publish(
        { type: 'ab_test_results', id: testOf(id) },
        createABTestResultsEvent({ testId: testOf(id), ...campaign.results() }),
      )
      for (const { severity, category, title, message, actionRequired } of campaign.alerts(Date.now())) {
        const about = { actionRequired, entityId: id, entityType: 'campaign' }
        publish({ type: 'alerts', userId: owner }, createAlertEvent(severity, category, title, message, about))
      }
    }
  }

  const timers = [setInterval(letVisitorsCome, visitsMs), setInterval(tell, metricsMs)]
  return {
    campaigns,
    ofTest: (testId) => [...campaigns.values()].find(({ id }) => testOf(id) === testId),
    reset(id) {
      const setting = settings.find((each) => each.id === id)
      if (setting) campaigns.set(id, createCampaign(setting, random))
    },
    stop: () => timers.forEach((timer) => clearInterval(timer)),
  }
}

/** Each campaign has one test, of its variants. */
export const testOf = (campaignId: string) => `${campaignId}-variants`
