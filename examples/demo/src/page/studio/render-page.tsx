import { useEffect, useState } from 'react'
import { exposeReport } from '../link/report.ts'
import { EventLog } from '../link/event-log.tsx'
import { LinkFacts } from '../link/link-facts.tsx'
import { LinkReason } from '../link/link-reason.tsx'
import { useFollowed, useFollower } from '../link/use-follower.ts'
import { Refused } from '../api.ts'
import { say } from '../shell/notice.ts'
import { go, useHash } from '../shell/route.ts'
import { StudioTabs } from '../shell/studio-tabs.tsx'
import { Panel } from '../ui/panel.tsx'
import { StatePill } from '../ui/state-pill.tsx'
import { useAction } from '../ui/use-action.ts'
import { FrameBar } from './frame-bar.tsx'
import { makeTrouble, readJob } from './job-api.ts'
import { followRender } from './render-follower.ts'
import { RenderFigures } from './render-figures.tsx'
import { RenderProgressStreamExample } from './render-progress-stream-example.tsx'
import { Screen } from './screen.tsx'
import { StageSteps } from './stage-steps.tsx'
import { StartRender } from './start-render.tsx'
import type { Followed } from '../link/follower.ts'
import type { RenderFollower } from './render-follower.ts'
import type { RenderProgress } from '../../jobs/progress-event.ts'
import type { JobSummary } from './job-api.ts'

interface Trouble {
  readonly title: string
  readonly text: string
}

/** Renders an animation on the server, and follows it frame by frame. */
export function RenderPage() {
  const hash = useHash()
  const jobId = hash === '' ? null : hash
  // All that is known of a job goes with it.
  return <RenderJob key={hash} jobId={jobId} />
}

function RenderJob({ jobId }: { readonly jobId: string | null }) {
  const [summary, setSummary] = useState<JobSummary>()
  const [isOver, setOver] = useState(false)
  const [endTrouble, setEndTrouble] = useState<Trouble>()
  const follower = useFollower(jobId, (id) => followRender(id, () => setOver(true)))
  const followed = useFollowed(follower)

  useEffect(() => exposeReport(jobId ?? undefined, follower), [jobId, follower])
  useEffect(() => {
    if (jobId === null) return
    readJob(jobId).then(setSummary, (error: unknown) => {
      if (isOver) setEndTrouble(troubleOf(error))
    })
  }, [jobId, isOver])

  const { stage, currentFrame = 0, totalFrames = 0, progress } = followed?.latest ?? {}
  const isComplete = stage === 'complete'
  useEffect(() => {
    if (isComplete && isOver) say(`The render is complete: ${totalFrames} frames.`)
  }, [isComplete, isOver, totalFrames])

  return (
    <>
      <div className="page-head">
        <StudioTabs path="/" />
        <StartRender onStarted={(id) => go(`/#${id}`)} />
      </div>
      <div className="with-side">
        <Panel
          title={summary?.title ?? (jobId === null ? 'No render yet' : 'Render')}
          level={1}
          aside={<code>{jobId}</code>}
        >
          <Screen
            jobId={jobId}
            frame={currentFrame}
            ended={isOver ? summary : undefined}
            trouble={endTrouble ?? troubleIn(followed, isOver ? summary : undefined)}
          />
          <StageSteps stage={stage} />
          <RenderFigures event={followed?.latest} />
          <FrameBar count={followed?.count} totalFrames={totalFrames} progress={progress} isComplete={isComplete} />
        </Panel>
        <LinkPanel jobId={jobId} follower={follower} followed={followed} />
      </div>
      {jobId !== null && <RenderProgressStreamExample jobId={jobId} />}
    </>
  )
}

interface LinkPanelProps {
  readonly jobId: string | null
  readonly follower: RenderFollower | undefined
  readonly followed: Followed<RenderProgress> | undefined
}

function LinkPanel({ jobId, follower, followed }: LinkPanelProps) {
  const [trouble] = useAction(async (kind: 'cut' | 'restart-stream', said: string) => {
    if (jobId === null) return
    follower?.note(said)
    await makeTrouble(kind, jobId)
  })
  const state = followed?.state ?? 'disconnected'
  const isUp = state === 'connected'
  return (
    <Panel title="Connection" className="link" aside={<StatePill state={state} live />}>
      <LinkReason followed={followed} />
      <LinkFacts followed={followed} units="Frames" />
      <div className="row even" role="group" aria-label="Trouble on demand">
        <button type="button" disabled={!isUp} onClick={() => trouble('cut', 'you cut the connection')}>
          Cut the connection
        </button>
        <button type="button" disabled={!isUp} onClick={() => trouble('restart-stream', 'you restarted the stream')}>
          Restart the stream
        </button>
      </div>
      <h3>Events of the link</h3>
      <EventLog lines={followed?.lines ?? []} label="Events of the link" />
    </Panel>
  )
}

function troubleIn(followed: Followed<RenderProgress> | undefined, ended: JobSummary | undefined): Trouble | undefined {
  if (followed?.state === 'error') {
    return {
      title: 'This job cannot be followed',
      text: followed.change?.error?.message ?? 'The server refused the stream.',
    }
  }
  if (ended && !ended.video) {
    return { title: 'The render stopped', text: ended.failure ?? 'The server did not finish this job.' }
  }
  return undefined
}

function troubleOf(error: unknown): Trouble {
  const text = error instanceof Refused ? error.message : 'The server cannot be reached; reload to see the result.'
  return { title: 'The result cannot be shown', text }
}
