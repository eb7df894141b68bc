import { createStream, polling, shareAcrossTabs, sse, webSocket } from '@steadystream/core'
import { createFollower } from '../link/follower.ts'
import { openLink } from './lab-api.ts'
import type { LabEvent } from '../../lab/lab-event.ts'
import type { Follower } from '../link/follower.ts'

export interface LabFollower extends Follower<LabEvent> {
  /** Milliseconds from publishing to here, of the last events; the oldest first. */
  readonly latencies: readonly number[]
  /** How often the token was renewed. */
  readonly refreshes: () => number
}

const keptLatencies = 40

/**
 * Follows a lab link: server-sent events first, else a WebSocket, else polls, with a token that is renewed when the
 * server refuses it.
 * @param shared whether the tabs of this browser share one connection
 */
export function followLab(labId: string, shared: boolean): LabFollower {
  let token: string | undefined
  let refreshes = 0
  const latencies: number[] = []

  async function currentToken(): Promise<string> {
    token ??= (await openLink(labId)).token
    return token
  }
  const headers = async () => ({ Authorization: `Bearer ${await currentToken()}` })
  // Relative: the manager puts its base URL in front.
  const path = `/api/lab/links/${labId}`

  const follower = createFollower<LabEvent>({
    unit: 'event',
    // Every event of the link is one of its numbers.
    numberOf: ({ n }) => ({ stage: 'rendering', currentFrame: n }),
    onData({ timestamp }) {
      latencies.push(Math.max(0, Date.now() - Date.parse(timestamp)))
      if (latencies.length > keptLatencies) latencies.shift()
    },
    open: (handlers) =>
      createStream<LabEvent>({
        ...handlers,
        transports: [
          sse(`${path}/stream`, { headers }),
          // Browsers give WebSockets no headers: the token goes in the URL here, which the server leaves out of its logs.
          webSocket(async () => `/ws/lab?labId=${labId}&token=${await currentToken()}`),
          polling(`${path}/poll`, { headers }),
        ],
        from: 'start',
        async refreshAuth() {
          refreshes += 1
          ;({ token } = await openLink(labId))
        },
        ...(shared && { tabs: shareAcrossTabs({ identity: labId, name: 'lab link' }) }),
      }),
  })
  // A getter of the follower would be lost in a copy: these stand beside it.
  return Object.assign(follower, { latencies, refreshes: () => refreshes })
}
