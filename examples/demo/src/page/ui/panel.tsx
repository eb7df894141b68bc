import { useId } from 'react'
import type { ReactNode } from 'react'

export interface PanelProps {
  readonly title: string
  /** To the right of the title: a state, a button. */
  readonly aside?: ReactNode
  readonly className?: string
  readonly level?: 1 | 2
  readonly children: ReactNode
}

/** A sheet with a title. */
export function Panel({ title, aside, className = '', level = 2, children }: PanelProps) {
  const id = useId()
  const Heading = level === 1 ? 'h1' : 'h2'
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <div className="panel-head">
        <Heading id={id}>{title}</Heading>
        {aside}
      </div>
      {children}
    </section>
  )
}
