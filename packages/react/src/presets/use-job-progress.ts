import { jobProgress } from '@steadystream/core/presets'

import { usePreset } from './use-preset.ts'

import type { JobProgressEvent, JobProgressState } from '@steadystream/core/presets'
import type { Id, PresetOptions, PresetView } from './use-preset.ts'

/** Progress of a job, from its beginning to its end. */
export const useJobProgress = (jobId: Id, options?: PresetOptions<JobProgressEvent>): PresetView<JobProgressState> =>
  usePreset(jobProgress, jobId && { jobId }, options)
