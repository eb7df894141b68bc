import { liveMetrics } from '@steadystream/core/presets'

import { usePreset } from './use-preset.ts'

import type { LiveMetricsEvent, LiveMetricsState } from '@steadystream/core/presets'
import type { Id, PresetOptions, PresetView } from './use-preset.ts'

/**
 * Any numbers of an entity, as they are now.
 * @param entityType `'campaign'`
 */
export const useLiveMetrics = (
  id: Id,
  entityType: string,
  options?: PresetOptions<LiveMetricsEvent>,
): PresetView<LiveMetricsState> => usePreset(liveMetrics, id && { id, entityType }, options)
