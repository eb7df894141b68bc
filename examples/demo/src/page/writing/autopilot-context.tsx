import { createContext, useContext, useState } from 'react'
import { useAutopilotStream } from '@steadystream/react/presets'
import { post } from '../api.ts'
import { sayFailure } from '../shell/notice.ts'
import type { AutopilotState } from '@steadystream/core/presets'
import type { ReactNode } from 'react'
import type { VerifyLevel } from '../../writing/verify.ts'

export interface AutopilotChoices {
  readonly topic: string
  readonly verifyLevel: VerifyLevel
  readonly allowPreprint: boolean
  readonly useStyle: boolean
}

/** A task as the banner shows it. */
export interface AutopilotView extends AutopilotState {
  readonly taskId: string | null
  readonly status: 'idle' | 'running' | 'paused' | 'done' | 'failed'
  /** Why it failed. */
  readonly reason: string | undefined
}

export interface AutopilotContextValue {
  readonly autopilot: AutopilotView
  startAutopilot(choices: AutopilotChoices): Promise<void>
  pause(): void
  resume(): void
  stop(): void
}

const Context = createContext<AutopilotContextValue | undefined>(undefined)

/** One autopilot for the components below. */
export function AutopilotProvider({ children }: { readonly children: ReactNode }) {
  const [taskId, setTaskId] = useState<string | null>(null)
  const task = useAutopilotStream(taskId)
  const { step, progress, stats, docId, message, error } = task

  async function startAutopilot(choices: AutopilotChoices): Promise<void> {
    setTaskId((await post<{ taskId: string }>('/api/autopilot', choices)).taskId)
  }
  function control(action: 'pause' | 'resume' | 'stop'): void {
    if (taskId !== null) post(`/api/autopilot/${taskId}/${action}`).catch(sayFailure)
  }

  const hasFailed = step === 'error' || task.state === 'error'
  const status: AutopilotView['status'] =
    taskId === null
      ? 'idle'
      : hasFailed
        ? 'failed'
        : step === 'done'
          ? 'done'
          : message === 'Paused'
            ? 'paused'
            : 'running'
  const reason = hasFailed ? (message ?? error?.message) : undefined
  const autopilot = { taskId, status, reason, step, progress, stats, docId, message }
  const value: AutopilotContextValue = {
    autopilot,
    startAutopilot,
    pause: () => control('pause'),
    resume: () => control('resume'),
    stop: () => control('stop'),
  }
  return <Context.Provider value={value}>{children}</Context.Provider>
}

/** @throws {Error} outside of an {@link AutopilotProvider}. */
export function useAutopilot(): AutopilotContextValue {
  const value = useContext(Context)
  if (!value) throw new Error('useAutopilot needs an AutopilotProvider above')
  return value
}
