import { Fact } from '../ui/fact.tsx'
import { bytesInWords, countInWords, durationInWords, transportInWords } from '../ui/words.ts'
import { namesOf } from './tally.ts'
import type { ReactNode } from 'react'
import type { Followed } from './follower.ts'

export interface LinkFactsProps {
  readonly followed: Followed<unknown> | undefined
  /** What is counted: `Frames`. */
  readonly units: string
  readonly children?: ReactNode
}

/** What came over a link, and what did not. */
export function LinkFacts({ followed, units, children }: LinkFactsProps) {
  const stats = followed?.stats
  const lost = followed?.count.lost ?? []
  const doubled = followed?.count.doubled ?? 0
  const age = stats?.lastByteAgeMs
  return (
    <dl className="facts">
      <Fact name="Events received" id="events">
        {countInWords(stats?.events ?? 0)}
      </Fact>
      <Fact name="Connections made" id="attempts">
        {stats?.attempts ?? 0}
      </Fact>
      <Fact name={`${units} doubled`} id="doubled" tone={doubled === 0 ? 'good' : 'bad'}>
        {doubled}
      </Fact>
      <Fact name="Declared lost" id="lost" tone={lost.length === 0 ? 'good' : 'lost'}>
        {lost.length === 0 ? '0' : `${lost.length} (${namesOf(lost)})`}
      </Fact>
      <Fact name="Duplicates dropped" id="dropped">
        {stats?.duplicatesDropped ?? 0}
      </Fact>
      <Fact name="Transport" id="transport">
        {followed?.change?.transport ? transportInWords(followed.change.transport) : '–'}
      </Fact>
      <Fact name="Bytes" id="bytes">
        {bytesInWords(stats?.bytes ?? 0)}
      </Fact>
      <Fact name="Last byte" id="age">
        {age === undefined ? '–' : `${durationInWords(age)} ago`}
      </Fact>
      {children}
    </dl>
  )
}
