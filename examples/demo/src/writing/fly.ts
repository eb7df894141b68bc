import { createAutopilotEvent } from '@steadystream/core/presets'
import { AutopilotFailure, flyAutopilot } from './autopilot.ts'
import type { AutopilotEvent } from '@steadystream/core/presets'
import type { Assignment } from '../runs/assignment.ts'
import type { AutopilotRequest } from './autopilot-request.ts'
import type { Documents } from './documents.ts'

export interface FlyOptions {
  /** Milliseconds between two events. */
  readonly paceMs: number
  readonly documents: Documents
  onFailure(error: unknown): void
}

/** One autopilot from its start to its end, whichever that is. */
export async function fly(request: AutopilotRequest, assignment: Assignment, options: FlyOptions): Promise<void> {
  const { paceMs, documents, onFailure } = options
  const { id, signal, emit } = assignment
  let latest: AutopilotEvent | undefined
  let steps = 0
  const tell = (event: AutopilotEvent) => {
    latest = event
    return emit(event)
  }
  // Everybody who watches learns of it, and not only the page with the button.
  assignment.onControl((action, offset) => {
    if (action === 'stop' || !latest || signal.aborted) return
    const message = action === 'pause' ? 'Paused' : 'Going on'
    emit(createAutopilotEvent({ ...latest, message }), `order ${offset}`).catch(onFailure)
  })
  try {
    await flyAutopilot(request, {
      pace: () => assignment.until(++steps * paceMs),
      tell,
      async keep(outline, useStyle) {
        // Named after its task: who flies it again keeps the same document.
        const docId = id.replace(/^task/, 'doc')
        await documents.keep({ docId, outline, useStyle })
        return docId
      },
    })
  } catch (error) {
    const { wasStopped } = assignment
    if (signal.aborted && !wasStopped) throw error
    if (!wasStopped && !(error instanceof AutopilotFailure)) onFailure(error)
    const message = wasStopped ? 'Stopped.' : error instanceof AutopilotFailure ? error.message : 'The task failed.'
    await emit(createAutopilotEvent({ step: 'error', progress: latest?.progress ?? 0, message }), 'end')
  }
}
