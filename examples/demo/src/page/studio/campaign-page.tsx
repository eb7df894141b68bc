import { useState } from 'react'
import { sayFailure } from '../shell/notice.ts'
import { signIn } from '../shell/session.ts'
import { StudioTabs } from '../shell/studio-tabs.tsx'
import { Choice } from '../ui/choice.tsx'
import { Pending } from '../ui/pending.tsx'
import { useAnswer } from '../ui/use-answer.ts'
import { ABTestPanel } from './ab-test-panel.tsx'
import { readCampaigns } from './campaign-api.ts'
import { CampaignMetricsPanel } from './campaign-metrics-panel.tsx'
import { LiveMetricsExample } from './live-metrics-example.tsx'
import { RealtimeAlertsExample } from './realtime-alerts-example.tsx'
import { TrafficPanel } from './traffic-panel.tsx'
import type { CampaignView } from './campaign-api.ts'

/** Alerts are for the owner: whoever looks at a campaign here does so as that user. */
async function enter(): Promise<readonly CampaignView[]> {
  const campaigns = await readCampaigns()
  if (campaigns[0]) await signIn(campaigns[0].owner)
  return campaigns
}

/** Campaigns: figures, an experiment and alerts, all computed from a click log that visitors fill. */
export function CampaignPage() {
  const { answer: found = [], failure } = useAnswer(enter)
  const [changed, setChanged] = useState<ReadonlyMap<string, CampaignView>>(new Map())
  const [id, setId] = useState<string>()
  const campaigns = found.map((each) => changed.get(each.id) ?? each)
  const campaign = campaigns.find((each) => each.id === id) ?? campaigns[0]

  function choose(next: string): void {
    const owner = campaigns.find((each) => each.id === next)?.owner
    if (owner !== undefined) signIn(owner).then(() => setId(next), sayFailure)
  }
  return (
    <>
      <div className="page-head">
        <StudioTabs path="/campaign" />
        {campaign && (
          <Choice
            label="Campaign"
            options={campaigns.map(({ id: value, name }) => ({ value, name }))}
            value={campaign.id}
            onChange={choose}
          />
        )}
      </div>
      {campaign ? (
        <div className="campaign-grid">
          <CampaignMetricsPanel campaignId={campaign.id} name={campaign.name} />
          <RealtimeAlertsExample userId={campaign.owner} />
          <ABTestPanel testId={campaign.testId} />
          <LiveMetricsExample campaignId={campaign.id} />
          <TrafficPanel campaign={campaign} onChanged={(next) => setChanged(new Map([...changed, [next.id, next]]))} />
        </div>
      ) : (
        <Pending what="Looking for campaigns" failure={failure} />
      )}
    </>
  )
}
