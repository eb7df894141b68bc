import { ConnectionLight } from './connection-light.tsx'
import { Link } from './link.tsx'
import { themes, useTheme } from './theme.ts'

const sections = [
  { name: 'Studio', href: '/', paths: ['/', '/script', '/campaign'] },
  { name: 'Writing', href: '/writing', paths: ['/writing'] },
  { name: 'Chat', href: '/chat', paths: ['/chat'] },
  { name: 'Connection lab', href: '/lab', paths: ['/lab', '/lab/wire', '/lab/streams', '/lab/server'] },
]

export function TopBar({ path }: { readonly path: string }) {
  const [theme, setTheme] = useTheme()
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto'
  return (
    <header className="top">
      <Link className="brand" href="/" aria-label="Steadystream, start page">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="9" />
          <path d="M6 12c4-4 6-4 10 0s6 4 10 0M6 21c4-4 6-4 10 0s6 4 10 0" />
        </svg>
        <span>Steadystream</span>
      </Link>
      <nav aria-label="Pages">
        {sections.map(({ name, href, paths }) => (
          <Link key={href} href={href} aria-current={paths.includes(path) ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <div className="top-end">
        <ConnectionLight />
        <button
          type="button"
          className="icon"
          onClick={() => setTheme(next)}
          aria-label={`Colours: ${theme}. Change to ${next}.`}
        >
          <svg viewBox="0 0 20 20" aria-hidden="true">
            {theme === 'dark' && <path d="M15.5 12.2A6.5 6.5 0 0 1 7.8 4.5a6.5 6.5 0 1 0 7.7 7.7Z" />}
            {theme === 'light' && <circle cx="10" cy="10" r="4" />}
            {theme === 'light' && (
              <path
                className="rays"
                d="M10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M16 4l-1.4 1.4M5.4 14.6 4 16"
              />
            )}
            {theme === 'auto' && <path d="M10 3a7 7 0 1 0 0 14Z" />}
            {theme === 'auto' && <circle className="ring" cx="10" cy="10" r="7" />}
          </svg>
        </button>
      </div>
    </header>
  )
}
