import { metricsOf, sumOf } from '../campaign/metrics.ts'
import { isFinished } from '../jobs/job.ts'
import type { Realtime } from '@steadystream/server'
import type { CampaignDesk } from '../campaign/campaign-desk.ts'
import type { JobStore } from '../jobs/job-store.ts'
import type { Facts } from './agents.ts'

/** How things stand in the studio: what the agents speak of. */
export function gatherFacts(realtime: Realtime, store: JobStore, desk: CampaignDesk): Facts {
  const jobs = store.list()
  const latest = jobs.at(-1)
  const campaign = [...desk.campaigns.values()][0]
  if (!campaign) throw new Error('there is no campaign')
  const totals = campaign.log.totals()
  const { variants, winner } = campaign.results()
  const { sse, websocket, polling, channels } = realtime.stats()
  return {
    jobs: {
      waiting: jobs.filter((job) => !isFinished(job)).length,
      complete: jobs.filter(({ stage }) => stage === 'complete').length,
      latestTitle: latest?.title,
      latestFrame: latest && `${latest.renderedFrames} of ${latest.totalFrames}`,
    },
    campaign: { name: campaign.name, budget: campaign.thresholds.budget, ...metricsOf(sumOf(totals.values())) },
    test: { variants, winner, confidence: Math.max(0, ...variants.map(({ confidence }) => confidence)) },
    links: {
      connections: sse.totalConnections + websocket.totalConnections + polling.totalConnections,
      events: sse.totalEvents + websocket.totalEvents + polling.totalEvents,
      channels: channels.activeChannels,
    },
  }
}
