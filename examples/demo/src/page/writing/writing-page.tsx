import { useState } from 'react'
import { ArticleCard } from './article-card.tsx'
import { AutopilotBanner } from './autopilot-banner.tsx'
import { AutopilotForm } from './autopilot-form.tsx'
import { AutopilotProvider, useAutopilot } from './autopilot-context.tsx'
import { ResultProvider } from './result-context.tsx'

/** From a topic to an article: the autopilot searches and plans, then the article is written. */
export function WritingPage() {
  return (
    <AutopilotProvider>
      <ResultProvider>
        <Desk />
      </ResultProvider>
    </AutopilotProvider>
  )
}

function Desk() {
  const { autopilot, pause, resume, stop } = useAutopilot()
  const [isMinimized, setMinimized] = useState(false)
  const { status, progress, docId = null } = autopilot
  return (
    <div className="writing">
      <AutopilotForm />
      <div className="writing-main">
        {isMinimized ? (
          <button type="button" className="banner-small" onClick={() => setMinimized(false)}>
            Autopilot: {status}, {Math.round(progress)} %. Show
          </button>
        ) : (
          <AutopilotBanner
            state={autopilot}
            onMinimize={() => setMinimized(true)}
            onPause={pause}
            onResume={resume}
            onStop={stop}
          />
        )}
        <ArticleCard docId={docId} disabled={status !== 'done'} />
      </div>
    </div>
  )
}
