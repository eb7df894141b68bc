import { generation } from '@steadystream/core/presets'

import { usePreset } from './use-preset.ts'

import type { GenerationEvent, GenerationState } from '@steadystream/core/presets'
import type { Id, PresetOptions, PresetView } from './use-preset.ts'

/** A text that is being written, block by block, from its beginning. */
export const useGenerationStream = (
  streamId: Id,
  options?: PresetOptions<GenerationEvent>,
): PresetView<GenerationState> => usePreset(generation, streamId && { streamId }, options)
