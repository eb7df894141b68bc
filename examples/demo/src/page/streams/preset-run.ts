import { autopilot, createAutopilotStream, createGenerationStream, generation } from '@steadystream/core/presets'
import { post } from '../api.ts'
import type { AutopilotState, GenerationState } from '@steadystream/core/presets'

export interface PresetRun {
  readonly taskId?: string
  readonly streamId?: string
  readonly plan: AutopilotState
  readonly text: GenerationState
  readonly status: 'idle' | 'planning' | 'writing' | 'done' | 'failed'
  readonly problem?: string
}

export const noRun: PresetRun = { plan: autopilot.initial, text: generation.initial, status: 'idle' }

const request = { topic: 'How cities cope with floods', allowPreprint: true }

/** Plans an article and writes it, with the two ready-made streams and nothing of React. */
export async function runPresets(show: (run: PresetRun) => void, signal: AbortSignal): Promise<void> {
  let run = noRun
  const change = (next: Partial<PresetRun>) => show((run = { ...run, ...next }))
  try {
    const { taskId } = await post<{ readonly taskId: string }>('/api/autopilot', request)
    change({ taskId, status: 'planning' })
    await until((settle) =>
      createAutopilotStream(
        taskId,
        { ...settle, onData: (event) => change({ plan: autopilot.reduce(run.plan, event) }) },
        { signal },
      ),
    )
    const { streamId } = await post<{ readonly streamId: string }>('/api/generation', { docId: run.plan.docId })
    change({ streamId, status: 'writing' })
    await until((settle) =>
      createGenerationStream(
        streamId,
        { ...settle, onData: (event) => change({ text: generation.reduce(run.text, event) }) },
        { signal },
      ),
    )
    change({ status: 'done' })
  } catch (error) {
    if (!signal.aborted) change({ status: 'failed', problem: error instanceof Error ? error.message : String(error) })
  }
}

interface Settling {
  readonly onComplete: () => void
  readonly onError: (error: Error & { readonly willRetry: boolean }) => void
}

/** Resolves with the stream's completion, and rejects when it gives up. */
function until(open: (settle: Settling) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    open({ onComplete: resolve, onError: (error) => !error.willRetry && reject(error) })
  })
}
