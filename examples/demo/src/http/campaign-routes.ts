import { Router } from 'express'
import { moods } from '../campaign/campaign.ts'
import { testOf } from '../campaign/campaign-desk.ts'
import { metricsOf, sumOf } from '../campaign/metrics.ts'
import { refuse } from './errors.ts'
import type { Realtime } from '@steadystream/server'
import type { Response } from 'express'
import type { Campaign, Mood } from '../campaign/campaign.ts'
import type { CampaignDesk } from '../campaign/campaign-desk.ts'
import type { Thresholds } from '../campaign/alert-rules.ts'

/** Campaigns: their streams, what they are set to, and the log that everything is computed from. */
export function campaignRoutes(realtime: Realtime, desk: CampaignDesk): Router {
  const router = Router()
  const find = (id: unknown, res: Response) => findCampaign(desk, id, res)
  addStreams(router, realtime, desk)

  router.get('/api/campaigns', (_req, res) => {
    res.set('Cache-Control', 'no-store').json([...desk.campaigns.values()].map(viewOf))
  })

  router.get('/api/campaigns/:id/log', (req, res) => {
    const campaign = find(req.params.id, res)
    if (!campaign) return
    const totals = campaign.log.totals()
    res.set('Cache-Control', 'no-store').json({
      metrics: metricsOf(sumOf(totals.values())),
      variants: Object.fromEntries(totals),
      recent: campaign.log.recent().slice(-40),
    })
  })

  router.post('/api/campaigns/:id', async (req, res) => {
    const campaign = find(req.params.id, res)
    if (!campaign) return
    const { mood, thresholds, reset } = (req.body ?? {}) as Record<string, unknown>
    const wanted = thresholdsWith(campaign.thresholds, thresholds)
    if (!wanted) {
      const known = Object.keys(campaign.thresholds).join(', ')
      return refuse(res, 400, 'BAD_REQUEST', `thresholds must be positive numbers: ${known}.`)
    }
    if (mood !== undefined && !isMood(mood)) {
      return refuse(res, 400, 'BAD_REQUEST', `mood must be one of ${Object.keys(moods).join(', ')}.`)
    }
    await desk.change(campaign.id, { mood, thresholds: wanted, reset: reset === true })
    res.json(viewOf(desk.campaigns.get(campaign.id) ?? campaign))
  })

  return router
}

function addStreams(router: Router, realtime: Realtime, desk: CampaignDesk): void {
  router.get('/api/stream/campaign-metrics/:id', (req, res) => {
    const campaign = findCampaign(desk, req.params.id, res)
    if (campaign) realtime.node(req, res, { channel: { type: 'campaign_metrics', id: campaign.id } })
  })

  router.get('/api/stream/live-metrics/campaign/:id', (req, res) => {
    const campaign = findCampaign(desk, req.params.id, res)
    if (campaign) realtime.node(req, res, { channel: { type: 'live_metrics', id: campaign.id } })
  })

  router.get('/api/stream/ab-test-results/:testId', (req, res) => {
    const campaign = findCampaign(desk, desk.ofTest(req.params.testId)?.id, res)
    if (campaign) realtime.node(req, res, { channel: { type: 'ab_test_results', id: testOf(campaign.id) } })
  })

  router.get('/api/stream/alerts/:userId', (req, res) => {
    realtime.node(req, res, { channel: { type: 'alerts', userId: req.params.userId } })
  })
}

function findCampaign(desk: CampaignDesk, id: unknown, res: Response): Campaign | undefined {
  const campaign = typeof id === 'string' ? desk.campaigns.get(id) : undefined
  if (!campaign) refuse(res, 404, 'NO_SUCH_CAMPAIGN', 'This server knows no such campaign.')
  return campaign
}

const viewOf = ({ id, name, owner, mood, thresholds }: Campaign) => ({
  id,
  name,
  owner,
  mood,
  thresholds,
  testId: testOf(id),
})

const isMood = (mood: unknown): mood is Mood => typeof mood === 'string' && Object.hasOwn(moods, mood)

function thresholdsWith(known: Thresholds, given: unknown): Thresholds | undefined {
  if (given === undefined) return known
  if (typeof given !== 'object' || given === null) return undefined
  const next: Record<string, number> = { ...known }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(known, name) || typeof value !== 'number' || !(value > 0 && value < 1e9)) return undefined
    next[name] = value
  }
  return next as unknown as Thresholds // its keys are those of `known`, its values were checked
}
