import { useWebSocket } from '@steadystream/react'
import { useJobProgress, useRenderProgressStream } from '@steadystream/react/presets'
import { Meter } from '../ui/meter.tsx'
import { Panel } from '../ui/panel.tsx'
import { durationInWords } from '../ui/words.ts'
import type { ConnectionState } from '@steadystream/core'

/** A job in a few lines, by three hooks: each frame, the coarse progress, and both over the WebSocket shortcut. */
export function RenderProgressStreamExample({ jobId }: { readonly jobId: string }) {
  const { progress, stage, currentFrame, totalFrames, estimatedTime, state } = useRenderProgressStream(jobId)
  const job = useJobProgress(jobId)
  const { lastMessage, isConnected, send } = useWebSocket<SocketMessage>(socketUrlOf(jobId))
  return (
    <Panel title="The same job, by hooks" className="by-hooks">
      <div>
        <code>useRenderProgressStream(jobId)</code>
        <p data-fact="hook-render">
          <b>{stage ?? withoutNews(state)}</b>, frame {currentFrame ?? 0} of {totalFrames ?? '–'}
          {estimatedTime ? `, ${durationInWords(estimatedTime * 1000)} left` : ''}
        </p>
        <Meter label="Progress by frames" value={progress * 100} />
      </div>
      <div>
        <code>useJobProgress(jobId)</code>
        <p data-fact="hook-job">
          <b>{job.status ?? withoutNews(job.state)}</b>
          {job.message ? `, ${job.message.toLowerCase()}` : ''}
        </p>
        <Meter label="Progress in steps" value={job.progress * 100} />
      </div>
      <div>
        <code>useWebSocket('/ws?jobId=…')</code>
        <p data-fact="hook-socket">
          <b>{lastMessage?.type ?? 'nothing yet'}</b>
        </p>
        <button type="button" disabled={!isConnected} onClick={() => send({ type: 'ping' })}>
          Send a ping
        </button>
      </div>
    </Panel>
  )
}

const withoutNews = (state: ConnectionState) => (state === 'error' ? 'cannot be followed' : 'waiting')

interface SocketMessage {
  readonly type: string
}

const socketUrlOf = (jobId: string) => `/ws?jobId=${encodeURIComponent(jobId)}`
