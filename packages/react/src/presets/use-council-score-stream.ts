import { councilScore } from '@steadystream/core/presets'

import { usePreset } from './use-preset.ts'

import type { CouncilScoreEvent, CouncilScoreState } from '@steadystream/core/presets'
import type { Id, PresetOptions, PresetView } from './use-preset.ts'

export interface CouncilScoreOptions extends PresetOptions<CouncilScoreEvent> {
  /** What else the council is told of the video. */
  readonly features?: string | undefined
}

/** The score of a video by several models. It waits for `startStreaming()`, unless `autoStart` is `true`. */
export const useCouncilScoreStream = (
  videoUrl: Id,
  transcript: string,
  { features, ...options }: CouncilScoreOptions = {},
): PresetView<CouncilScoreState> =>
  usePreset(councilScore, videoUrl && { videoUrl, transcript, features }, {
    ...options,
    autoStart: !!options.autoStart,
  })
