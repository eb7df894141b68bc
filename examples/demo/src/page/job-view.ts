import { stages } from '../jobs/job.ts'
import { element, write } from './element.ts'
import { barBackground, frameColours } from './frame-bar.ts'
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
      element('legend', HTMLElement).replaceChildren()
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
      showLegend(count, stage === 'complete')
      fill.style.background = barBackground({ count, totalFrames, progress })
      bar.setAttribute('aria-valuenow', String(percent))
    },
  }
}

/** In words what the colours of the bar say. */
function showLegend({ seen, lost, before, undeclared, doubled }: FrameCount, complete: boolean): void {
  const parts: [colour: string, text: string][] = []
  const add = (colour: string, numbers: readonly number[], text: string) => {
    if (numbers.length > 0) parts.push([colour, text])
  }
  const once = doubled === 0 ? ' once each' : `, ${doubled} of them again`
  const end = complete && lost.length + undeclared.length + before.length === 0 ? ', none lost' : ''
  add(frameColours.before, before, `${namesOf(before)}: rendered before this stream began`)
  add(frameColours.seen, seen, `${seen.length} ${seen.length === 1 ? 'frame' : 'frames'} reported${once}${end}`)
  add(frameColours.lost, lost, `${namesOf(lost)}: declared lost`)
  add(frameColours.undeclared, undeclared, `${namesOf(undeclared)}: missing without a word`)
  element('legend', HTMLElement).replaceChildren(
    ...parts.map(([colour, text]) => {
      const part = document.createElement('span')
      part.style.setProperty('--swatch', colour)
      part.textContent = text
      return part
    }),
  )
}
