import { Tabs } from './tabs.tsx'

const tabs = [
  { name: 'Render', href: '/' },
  { name: 'Script', href: '/script' },
  { name: 'Campaign', href: '/campaign' },
]

/** The three rooms of the studio. */
export const StudioTabs = ({ path }: { readonly path: string }) => <Tabs label="Studio" path={path} tabs={tabs} />
