import { Meter } from '../ui/meter.tsx'
import type { AutopilotView } from './autopilot-context.tsx'

export interface AutopilotBannerProps {
  readonly state: AutopilotView
  readonly onMinimize: () => void
  readonly onPause: () => void
  readonly onResume: () => void
  readonly onStop: () => void
}

const steps = [
  { step: 'search', name: 'Search' },
  { step: 'strategy', name: 'Verify' },
  { step: 'outline', name: 'Outline' },
] as const

const order = ['search', 'strategy', 'outline', 'done']

const headings: Readonly<Record<AutopilotView['status'], string>> = {
  idle: 'The autopilot is at rest',
  running: 'The autopilot is working',
  paused: 'The autopilot waits',
  done: 'The outline is ready',
  failed: 'The autopilot has ended',
}

/** What the autopilot is doing, and the buttons that stop it. */
export function AutopilotBanner({ state, onMinimize, onPause, onResume, onStop }: AutopilotBannerProps) {
  const { status, step, progress, stats, message, reason } = state
  const isUnderWay = status === 'running' || status === 'paused'
  const reached = order.indexOf(step ?? '')
  return (
    <section className="banner" data-status={status} aria-label="Autopilot">
      <div className="banner-head">
        <h2 role="status">{headings[status]}</h2>
        <div className="row">
          <button type="button" disabled={!isUnderWay} onClick={status === 'paused' ? onResume : onPause}>
            {status === 'paused' ? 'Resume' : 'Pause'}
          </button>
          <button type="button" disabled={!isUnderWay} onClick={onStop}>
            Stop
          </button>
          <button type="button" onClick={onMinimize}>
            Minimize
          </button>
        </div>
      </div>
      <Meter label="Progress of the autopilot" value={progress} />
      <ol className="banner-steps">
        {steps.map(({ step: each, name }, index) => (
          <li key={each} data-step={index < reached ? 'done' : index === reached ? 'now' : 'next'}>
            {name}
          </li>
        ))}
      </ol>
      <div className="banner-foot">
        <p className="banner-message">{reason ?? message ?? ' '}</p>
        <dl>
          <div>
            <dt>Found</dt>
            <dd data-fact="hits">{stats?.hits ?? '–'}</dd>
          </div>
          <div>
            <dt>Supported</dt>
            <dd data-fact="verified">{stats?.verified ?? '–'}</dd>
          </div>
          <div>
            <dt>Sections</dt>
            <dd data-fact="sections">{stats?.sections ?? '–'}</dd>
          </div>
        </dl>
      </div>
    </section>
  )
}
