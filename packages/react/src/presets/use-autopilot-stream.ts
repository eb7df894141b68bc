import { autopilot } from '@steadystream/core/presets'

import { usePreset } from './use-preset.ts'

import type { AutopilotEvent, AutopilotState } from '@steadystream/core/presets'
import type { Id, PresetOptions, PresetView } from './use-preset.ts'

/** A writing task, from its beginning to the step `done`; the step `error` ends it with the task's message as `error`. */
export const useAutopilotStream = (taskId: Id, options?: PresetOptions<AutopilotEvent>): PresetView<AutopilotState> =>
  usePreset(autopilot, taskId && { taskId }, options)
