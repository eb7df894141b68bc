import { campaignMetrics } from '@steadystream/core/presets'

import { usePreset } from './use-preset.ts'

import type { CampaignMetricsEvent, CampaignMetricsState } from '@steadystream/core/presets'
import type { Id, PresetOptions, PresetView } from './use-preset.ts'

/** Metrics of a campaign, and what has changed last. It waits for `startStreaming()`, unless `autoStart` is `true`. */
export const useCampaignMetricsStream = (
  campaignId: Id,
  options?: PresetOptions<CampaignMetricsEvent>,
): PresetView<CampaignMetricsState> =>
  usePreset(campaignMetrics, campaignId && { campaignId }, { ...options, autoStart: !!options?.autoStart })
