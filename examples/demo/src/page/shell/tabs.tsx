import { Link } from './link.tsx'

export interface TabsProps {
  readonly label: string
  /** Of the page that is shown. */
  readonly path: string
  readonly tabs: readonly { readonly name: string; readonly href: string }[]
}

/** The rooms of a section. */
export function Tabs({ label, path, tabs }: TabsProps) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ name, href }) => (
        <Link key={href} href={href} aria-current={href === path ? 'page' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  )
}
