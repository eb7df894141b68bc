import { creativeEvaluation } from '@steadystream/core/presets'

import { usePreset } from './use-preset.ts'

import type { CreativeEvaluationEvent, CreativeEvaluationState } from '@steadystream/core/presets'
import type { Id, PresetOptions, PresetView } from './use-preset.ts'

/** The evaluation of an advertisement. It waits for `startStreaming()`, unless `autoStart` is `true`. */
export const useCreativeEvaluationStream = (
  content: Id,
  type: string,
  options?: PresetOptions<CreativeEvaluationEvent>,
): PresetView<CreativeEvaluationState> =>
  usePreset(creativeEvaluation, content && { content, type }, { ...options, autoStart: !!options?.autoStart })
