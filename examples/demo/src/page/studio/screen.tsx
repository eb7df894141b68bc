import { bytesInWords } from '../ui/words.ts'
import { frameUrlOf, videoUrlOf } from './job-api.ts'
import { usePicture } from './use-picture.ts'
import type { JobSummary } from './job-api.ts'

export interface ScreenProps {
  readonly jobId: string | null
  /** The newest frame; 0 before the first. */
  readonly frame: number
  readonly ended: JobSummary | undefined
  /** Why there is nothing to see. */
  readonly trouble: { readonly title: string; readonly text: string } | undefined
}

/** The large picture: newest frame, finished animation, or words where there is neither. */
export function Screen({ jobId, frame, ended, trouble }: ScreenProps) {
  const wanted = wantedPicture(jobId, frame, ended)
  const picture = usePicture(jobId ?? '', trouble ? undefined : wanted)
  const video = ended?.video
  const view = trouble ? 'error' : picture ? 'picture' : jobId === null ? 'empty' : 'waiting'
  const { title, text } = trouble ?? notices[view === 'empty' ? 'empty' : 'waiting']
  return (
    <div className="screen" data-view={view}>
      {picture && !trouble ? (
        <img src={picture.url} alt={picture.alt} width={560} height={315} />
      ) : (
        <div className="notice">
          <p className="notice-title">{title}</p>
          <p>{text}</p>
        </div>
      )}
      {jobId !== null && video && (
        <a className="button primary download" href={videoUrlOf(jobId)} download={`${ended.title}.gif`}>
          Download GIF ({bytesInWords(video.bytes)})
        </a>
      )}
    </div>
  )
}

const notices = {
  empty: { title: 'Nothing on the screen', text: 'Start a render, and watch each frame arrive.' },
  waiting: { title: 'Waiting for the first frame', text: 'It appears as soon as the server has drawn it.' },
} as const

function wantedPicture(jobId: string | null, frame: number, ended: JobSummary | undefined) {
  if (jobId === null) return undefined
  const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  if (ended?.video && !(isStill && frame > 0)) {
    return { url: videoUrlOf(jobId), alt: `The finished animation “${ended.title}”` }
  }
  return frame > 0 ? { url: frameUrlOf(jobId, frame), alt: `Frame ${frame}` } : undefined
}
