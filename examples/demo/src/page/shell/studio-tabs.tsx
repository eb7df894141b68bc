import { Link } from './link.tsx'

const tabs = [
  { name: 'Render', href: '/' },
  { name: 'Script', href: '/script' },
  { name: 'Campaign', href: '/campaign' },
]

/** The three rooms of the studio. */
export function StudioTabs({ path }: { readonly path: string }) {
  return (
    <nav className="tabs" aria-label="Studio">
      {tabs.map(({ name, href }) => (
        <Link key={href} href={href} aria-current={href === path ? 'page' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  )
}
