import type { Principal, RealtimeOptions, RealtimeRequest } from '@steadystream/server'
import type { CampaignDesk } from '../campaign/campaign-desk.ts'
import type { Firehose } from '../lab/firehose.ts'
import type { JobStore } from '../jobs/job-store.ts'
import type { LabDesk } from '../lab/lab-desk.ts'
import type { Works } from '../runs/works.ts'
import { userIn } from './session-routes.ts'

/** What there is to be followed. */
export interface Things {
  readonly store: JobStore
  readonly works: Works
  readonly campaigns: CampaignDesk
  readonly lab: LabDesk
  readonly firehose: Firehose
}

/** Paths that take a token and nothing else. */
const tokenPaths = /^\/(?:api\/lab\/links|ws\/lab)\b/

/**
 * Who may follow what. The demo believes everybody who says `?userId=ann`, as it shows nothing of worth; a real server
 * asks for a session or a token. The lab shows how: its links take a token that ends.
 */
export function access(things: () => Things): Pick<RealtimeOptions, 'authenticate' | 'authorize' | 'tokenInQuery'> {
  return {
    tokenInQuery: 'token',
    authenticate: (request) => whoIs(things(), request),
    authorize(principal, action, channel) {
      if (action !== 'subscribe' || channel === undefined) return action === 'stats'
      if (typeof channel !== 'object') return false
      if (channel.userId !== undefined) return channel.userId === principal?.userId
      return exists(things(), principal, channel)
    },
  }
}

function whoIs({ lab }: Things, { token, query, path, headers }: RealtimeRequest): Principal | undefined {
  if (token !== undefined || tokenPaths.test(path)) {
    const owner = token === undefined ? undefined : lab.whoIs(token)
    return owner && { userId: `lab-${owner.labId}`, ...owner }
  }
  return { userId: query.get('userId') ?? userIn(headers.cookie) }
}

function exists(
  things: Things,
  principal: Principal | undefined,
  channel: { type: string; id: string },
): boolean | Promise<boolean> {
  const { store, works, campaigns, firehose } = things
  const { type, id } = channel
  switch (type) {
    case 'job_progress':
    case 'video_render':
      return store.get(id) !== undefined
    case 'campaign_metrics':
    case 'live_metrics':
      return campaigns.campaigns.has(id)
    case 'ab_test_results':
      return campaigns.ofTest(id) !== undefined
    case 'agent_chat':
      return true
    case 'firehose':
    case 'firehose_batches':
    case 'firehose_latest':
      return firehose.has(id)
    case 'lab':
      return principal?.['labId'] === id
    default:
      return works.find(type, id).then((work) => work !== undefined)
  }
}
