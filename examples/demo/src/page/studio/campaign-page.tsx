import { useEffect, useState } from 'react'
import { sayFailure } from '../shell/notice.ts'
import { signIn } from '../shell/session.ts'
import { StudioTabs } from '../shell/studio-tabs.tsx'
import { Choice } from '../ui/choice.tsx'
import { Hint } from '../ui/hint.tsx'
import { ABTestPanel } from './ab-test-panel.tsx'
import { readCampaigns } from './campaign-api.ts'
import { CampaignMetricsPanel } from './campaign-metrics-panel.tsx'
import { LiveMetricsExample } from './live-metrics-example.tsx'
import { RealtimeAlertsExample } from './realtime-alerts-example.tsx'
import { TrafficPanel } from './traffic-panel.tsx'
import type { CampaignView } from './campaign-api.ts'

/** Campaigns: figures, an experiment and alerts, all computed from a click log that visitors fill. */
export function CampaignPage() {
  const [campaigns, setCampaigns] = useState<readonly CampaignView[]>([])
  const [id, setId] = useState<string>()
  useEffect(() => {
    readCampaigns().then((found) => {
      setCampaigns(found)
      choose(found[0])
    }, sayFailure)
  }, [])

  function choose(campaign: CampaignView | undefined): void {
    if (!campaign) return
    // Alerts are for the owner: whoever looks at a campaign here does so as that user.
    signIn(campaign.owner).then(() => setId(campaign.id), sayFailure)
  }

  const campaign = campaigns.find((each) => each.id === id)
  return (
    <>
      <div className="page-head">
        <StudioTabs path="/campaign" />
        {campaign && (
          <Choice
            label="Campaign"
            options={campaigns.map(({ id: value, name }) => ({ value, name }))}
            value={campaign.id}
            onChange={(next) => choose(campaigns.find((each) => each.id === next))}
          />
        )}
      </div>
      {campaign ? (
        <div className="campaign-grid">
          <CampaignMetricsPanel campaignId={campaign.id} name={campaign.name} />
          <RealtimeAlertsExample userId={campaign.owner} />
          <ABTestPanel testId={campaign.testId} />
          <LiveMetricsExample campaignId={campaign.id} />
          <TrafficPanel
            campaign={campaign}
            onChanged={(changed) => setCampaigns(campaigns.map((each) => (each.id === changed.id ? changed : each)))}
          />
        </div>
      ) : (
        <Hint>Looking for campaigns…</Hint>
      )}
    </>
  )
}
