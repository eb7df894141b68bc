import { Tabs } from './tabs.tsx'

const tabs = [
  { name: 'Link', href: '/lab' },
  { name: 'Wire', href: '/lab/wire' },
  { name: 'Streams', href: '/lab/streams' },
  { name: 'Server', href: '/lab/server' },
]

/** The four rooms of the lab. */
export const LabTabs = ({ path }: { readonly path: string }) => <Tabs label="Connection lab" path={path} tabs={tabs} />
