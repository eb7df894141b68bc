import type { ReactNode } from 'react'

export type Tone = 'good' | 'wait' | 'bad' | 'lost' | 'plain'

/** A figure under its name; for use in a `dl`. */
export function Fact({
  name,
  tone = 'plain',
  id,
  children,
}: {
  readonly name: ReactNode
  readonly tone?: Tone
  readonly id?: string
  readonly children: ReactNode
}) {
  return (
    <div data-tone={tone}>
      <dt>{name}</dt>
      <dd data-fact={id}>{children}</dd>
    </div>
  )
}
