import { Hint } from './hint.tsx'
import { Panel } from './panel.tsx'

/** A page that cannot be shown yet: it says what it waits for, and what stands in the way. */
export function Pending({ what, failure }: { readonly what: string; readonly failure: string | undefined }) {
  return (
    <Panel title={what} level={1} className="pending">
      {failure === undefined ? (
        <Hint>A moment…</Hint>
      ) : (
        <Hint tone="bad">{failure} It is asked again every two seconds.</Hint>
      )}
    </Panel>
  )
}
