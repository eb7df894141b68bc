import type { ReactNode } from 'react'

/** What stands where there is nothing to show yet, or no more. */
export function Hint({ tone = 'plain', children }: { readonly tone?: 'plain' | 'bad'; readonly children: ReactNode }) {
  return (
    <p className="hint" data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      {children}
    </p>
  )
}
