import { abTest } from '@steadystream/core/presets'

import { usePreset } from './use-preset.ts'

import type { ABTestResultsEvent, ABTestState } from '@steadystream/core/presets'
import type { Id, PresetOptions, PresetView } from './use-preset.ts'

/** Results of an A/B test, and its winner once there is one. */
export const useABTestStream = (testId: Id, options?: PresetOptions<ABTestResultsEvent>): PresetView<ABTestState> =>
  usePreset(abTest, testId && { testId }, options)
