import { stages } from '../jobs/job.ts'
import { element, write } from './element.ts'
import { barBackground } from './frame-bar.ts'
import { namesOf } from './tally.ts'
import { durationInWords } from './words.ts'
import type { RenderProgress } from '../jobs/progress-event.ts'
import type { FrameCount } from './tally.ts'

/** Stages, frame numbers, bar and legend. */
export interface JobView {
  reset(title: string, jobId: string): void
  title(text: string): void
  show(event: RenderProgress, count: FrameCount): void
}

const unknown = '–'

export function createJobView(): JobView {
  const bar = element('bar', HTMLElement)
  const fill = element('bar-fill', HTMLElement)
  const steps = [...element('stages', HTMLOListElement).children].filter((item) => item instanceof HTMLElement)

  function showStage(current: number): void {
    const complete = current === stages.length - 1
    steps.forEach((step, index) => {
      const isNow = index === current && !complete
      step.dataset['step'] = isNow ? 'now' : index <= current ? 'done' : 'next'
      if (isNow) step.setAttribute('aria-current', 'step')
      else step.removeAttribute('aria-current')
    })
  }

  return {
    reset(title, jobId) {
      for (const id of ['frame', 'frames', 'percent', 'fps', 'eta']) write(id, unknown)
      write('job-title', title)
      write('job-id', jobId)
      write('legend', '\u00a0')
      fill.style.background = 'none'
      bar.removeAttribute('aria-valuenow')
      showStage(-1)
    },
    title: (text) => write('job-title', text),
    show(event, count) {
      const { stage, currentFrame, totalFrames, progress, fps, estimatedTimeRemaining } = event
      const percent = Math.floor(progress * 100)
      showStage(stages.indexOf(stage))
      write('frame', String(currentFrame))
      write('frames', String(totalFrames))
      write('percent', `${percent} %`)
      write('fps', fps > 0 ? fps.toFixed(1) : unknown)
      write('eta', fps > 0 ? durationInWords(estimatedTimeRemaining * 1000) : unknown)
      write('legend', legend(count, stage === 'complete'))
      fill.style.background = barBackground({ count, totalFrames, progress })
      bar.setAttribute('aria-valuenow', String(percent))
    },
  }
}

/** In words what the colours of the bar say. */
function legend({ seen, lost, before, undeclared, doubled }: FrameCount, complete: boolean): string {
  const parts: string[] = []
  const frames = seen.length === 1 ? 'frame' : 'frames'
  if (seen.length > 0) parts.push(`${seen.length} ${frames} reported${doubled === 0 ? ' once each' : ''}`)
  if (doubled > 0) parts.push(`${doubled} reported again`)
  if (lost.length > 0) parts.push(`declared lost: ${namesOf(lost)}`)
  if (before.length > 0) parts.push(`rendered before this stream began: ${namesOf(before)}`)
  if (undeclared.length > 0) parts.push(`missing without a word: ${namesOf(undeclared)}`)
  if (complete && parts.length === 1 && doubled === 0) parts.push('nothing lost')
  return parts.join(' · ') || '\u00a0'
}
