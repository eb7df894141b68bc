import { createEnhancedSSEStream } from '@steadystream/core'
import { readJob, Refused, streamUrlOf } from './api.ts'
import { write } from './element.ts'
import { createTally, namesOf } from './tally.ts'
import type { RenderProgress } from '../jobs/progress-event.ts'
import type { EventLog } from './event-log.ts'
import type { JobView } from './job-view.ts'
import type { LinkView } from './link-view.ts'
import type { DemoReport } from './report.ts'
import type { Screen } from './screen.ts'
import type { FrameCount } from './tally.ts'

export interface Viewer {
  follow(jobId: string): void
  leave(): void
  report(): DemoReport
}

export interface Views {
  readonly log: EventLog
  readonly screen: Screen
  readonly job: JobView
  readonly link: LinkView
}

interface Following {
  readonly jobId: string
  readonly count: () => FrameCount
  readonly latest: () => RenderProgress | undefined
  readonly stream: ReturnType<typeof createEnhancedSSEStream<RenderProgress>>
}

/** How often ages and countdowns are shown anew. */
const refreshMs = 250

/** Follows one job at a time and keeps the page at what its stream says. */
export function createViewer(views: Views): Viewer {
  let current: Following | undefined

  window.setInterval(() => {
    if (current && !document.hidden) views.link.figures(current.stream.stats, current.count())
  }, refreshMs)

  return {
    follow(jobId) {
      current?.stream.close()
      current = followJob(jobId, views)
    },
    leave() {
      current?.stream.close()
      current = undefined
      views.job.reset('No render yet', '')
      views.link.reset()
      views.screen.showWords('empty', 'Nothing on the screen', 'Start a render, and watch each frame arrive.')
    },
    report() {
      const count = current?.count()
      return {
        jobId: current?.jobId,
        stage: current?.latest()?.stage,
        state: current?.stream.state ?? 'disconnected',
        totalFrames: current?.latest()?.totalFrames ?? 0,
        framesSeen: count?.seen ?? [],
        framesLost: count?.lost ?? [],
        framesBefore: count?.before ?? [],
        framesUndeclared: count?.undeclared ?? [],
        doubled: count?.doubled ?? 0,
        gaps: count?.gaps ?? 0,
        connections: current?.stream.stats.attempts ?? 0,
        lastEventId: current?.stream.lastEventId ?? '',
      }
    },
  }
}

function followJob(jobId: string, { log, screen, job, link }: Views): Following {
  const tally = createTally()
  let latest: RenderProgress | undefined
  /** The first event after a gap tells which frames fell into it. */
  let gapOpen = false
  job.reset('Render', jobId)
  link.reset()
  screen.showWords('waiting', 'Waiting for the first frame', 'It appears as soon as the server has drawn it.')
  readJob(jobId).then(
    ({ title }) => job.title(title),
    () => {},
  )

  const stream = createEnhancedSSEStream<RenderProgress>(
    streamUrlOf(jobId),
    {
      onData(event) {
        const lostBefore = tally.count().lost.length
        tally.add(event)
        latest = event
        const count = tally.count()
        if (gapOpen) logLoss(log, count.lost.slice(lostBefore))
        gapOpen = false
        job.show(event, count)
        link.figures(stream.stats, count)
        if (event.currentFrame > 0) screen.showFrame(jobId, event.currentFrame)
      },
      onGap({ kind, from, to }) {
        tally.gap()
        gapOpen = true
        log.add('bad', 'gap', `${kind}, after ${from ?? 'the beginning'} up to ${to ?? 'an unknown place'}`)
      },
      onStateChange(change) {
        link.changed(change)
        if (change.state === 'error') showRefusal(screen, change.error?.message)
      },
      onComplete() {
        void showEnd(jobId, latest, { log, screen, job, link })
      },
    },
    { from: 'start', maxRetries: Infinity },
  )
  return { jobId, stream, count: () => tally.count(), latest: () => latest }
}

function logLoss(log: EventLog, lost: readonly number[]): void {
  if (lost.length === 0) log.add('good', 'no frame lost', 'the gap held none')
  else log.add('bad', lost.length === 1 ? 'frame lost' : 'frames lost', namesOf(lost))
}

function showRefusal(screen: Screen, message: string | undefined): void {
  screen.showWords('error', 'This job cannot be followed', message ?? 'The server refused the stream.')
}

async function showEnd(jobId: string, latest: RenderProgress | undefined, { screen, job }: Views): Promise<void> {
  try {
    const { title, video, failure } = await readJob(jobId)
    job.title(title)
    if (video) screen.showVideo(jobId, title, video.bytes)
    else screen.showWords('error', 'The render stopped', failure ?? 'The server did not finish this job.')
    if (latest?.stage === 'complete') write('spoken', `The render is complete: ${latest.totalFrames} frames.`)
  } catch (error) {
    const text = error instanceof Refused ? error.message : 'The server cannot be reached; reload to see the result.'
    screen.showWords('error', 'The result cannot be shown', text)
  }
}
