import { useState } from 'react'
import { StudioTabs } from '../shell/studio-tabs.tsx'
import { CouncilScoreStreamExample } from './council-score-stream-example.tsx'
import { CreativeEvaluationPanel } from './creative-evaluation-panel.tsx'

const firstScript = `Do you still wait for the progress bar to jump from 0 to 100?
Last year 3 of 4 viewers left before the second frame.
Watch each frame arrive as it is drawn.
Your link may break. You lose nothing, and nothing comes twice.
Try it now, and pull the cable.`

/** A script, judged by the council and evaluated stage by stage. */
export function ScriptPage() {
  const [script, setScript] = useState(firstScript)
  return (
    <>
      <div className="page-head">
        <StudioTabs path="/script" />
      </div>
      <div className="script-columns">
        <CouncilScoreStreamExample transcript={script} onChange={setScript} />
        <CreativeEvaluationPanel content={script} />
      </div>
    </>
  )
}
