import type { RealtimeOptions } from '@steadystream/server'
import type { JobStore } from '../jobs/job-store.ts'

/** Channels of a job, of which the demo publishes the second. */
const jobTypes: readonly string[] = ['job_progress', 'video_render']

/**
 * Who may follow what. The demo believes everybody who says `?userId=ann`; a real server asks for a session or a token.
 */
export function access(store: JobStore): Pick<RealtimeOptions, 'authenticate' | 'authorize'> {
  return {
    authenticate: ({ query }) => ({ userId: query.get('userId') ?? undefined }),
    authorize(principal, action, channel) {
      if (action !== 'subscribe' || typeof channel !== 'object') return action === 'stats'
      if (channel.userId !== undefined) return channel.userId === principal?.userId
      return jobTypes.includes(channel.type) && store.get(channel.id) !== undefined
    },
  }
}
