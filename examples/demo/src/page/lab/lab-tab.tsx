import { useEffect } from 'react'
import { useFollowed, useFollower } from '../link/use-follower.ts'
import { StatePill } from '../ui/state-pill.tsx'
import { followLab } from './lab-follower.ts'
import { exposeLab } from './lab-report.ts'
import type { LabFollower } from './lab-follower.ts'

/** One of the tabs that share a connection: small, as six of them stand side by side. */
export function LabTab() {
  const query = new URLSearchParams(window.location.search)
  const labId = query.get('lab')
  // What it was created as.
  const follower = useFollower(labId, (id) => followLab(id, true)) as LabFollower | undefined
  const followed = useFollowed(follower)
  useEffect(() => exposeLab(labId ?? '', follower), [labId, follower])
  const { seen = [], lost = [], doubled = 0 } = followed?.count ?? {}
  return (
    <main className="lab-tab">
      <h1>Tab {query.get('tab') ?? ''}</h1>
      <StatePill state={followed?.state ?? 'disconnected'} />
      <p className="lab-tab-number" data-fact="latest">
        {followed?.latest?.n ?? '–'}
      </p>
      <p className="fine">
        {seen.length} came, {doubled} doubled, {lost.length} lost
      </p>
    </main>
  )
}
