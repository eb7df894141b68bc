import { get, post } from '../api.ts'
import type { Mood } from '../../campaign/campaign.ts'
import type { Thresholds } from '../../campaign/alert-rules.ts'

export interface CampaignView {
  readonly id: string
  readonly name: string
  /** Whose alerts it raises. */
  readonly owner: string
  readonly mood: Mood
  readonly thresholds: Thresholds
  readonly testId: string
}

export const readCampaigns = () => get<readonly CampaignView[]>('/api/campaigns')

export const changeCampaign = (
  id: string,
  change: { readonly mood?: Mood; readonly thresholds?: Partial<Thresholds>; readonly reset?: boolean },
) => post<CampaignView>(`/api/campaigns/${encodeURIComponent(id)}`, change)
