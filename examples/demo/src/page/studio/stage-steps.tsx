import { stages } from '../../jobs/job.ts'
import type { Stage } from '../../jobs/job.ts'

/** The stages of a job, up to the one that it is in. */
export function StageSteps({ stage }: { readonly stage: Stage | undefined }) {
  const current = stage === undefined ? -1 : stages.indexOf(stage)
  const isComplete = current === stages.length - 1
  return (
    <ol className="stages">
      {stages.map((name, index) => {
        const isNow = index === current && !isComplete
        const step = isNow ? 'now' : index <= current ? 'done' : 'next'
        return (
          <li key={name} data-step={step} aria-current={isNow ? 'step' : undefined}>
            {name.slice(0, 1).toUpperCase() + name.slice(1)}
          </li>
        )
      })}
    </ol>
  )
}
