import { renderProgress } from '@steadystream/core/presets'

import { usePreset } from './use-preset.ts'

import type { RenderProgressEvent, RenderProgressState } from '@steadystream/core/presets'
import type { Id, PresetOptions, PresetView } from './use-preset.ts'

/** Progress of the rendering of a video, from its beginning to its end. Starts by itself when there is an ID. */
export const useRenderProgressStream = (
  jobId: Id,
  options?: PresetOptions<RenderProgressEvent>,
): PresetView<RenderProgressState> => usePreset(renderProgress, jobId && { jobId }, options)
