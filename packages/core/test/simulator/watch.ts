import type { ConnectionRules } from './connection-rules.ts'
import type { Coverage } from './coverage.ts'
import type { LinkWatch } from './observe.ts'
import type { Reading } from './reading.ts'
import type { Scenario } from './scenario.ts'
import type { SilenceRules } from './silence-rules.ts'
import type { SimulatedLink } from './link.ts'
import type { Subscriber } from './subscriber.ts'
import type { Tokens } from './tokens.ts'
import type { World } from './world.ts'

interface Parts {
  readonly world: World
  readonly scenario: Scenario
  readonly rules: ConnectionRules
  readonly reading: Reading
  readonly silence: SilenceRules
  readonly tokens: Tokens
  readonly coverage: Coverage
  readonly subscribers: readonly Subscriber[]
  main(): SimulatedLink | undefined
}

/** Shortest time on a lesser transport before a better one is looked for. */
const firstProbeMs = 30_000

/** Tells the rules and the ledgers what the links bring. */
export function watchLinks(parts: Parts): LinkWatch {
  const { world, scenario, rules, reading, silence, tokens, coverage, subscribers } = parts
  let probedAt = -Infinity

  const opened = () => subscribers.filter(({ isOpen }) => isOpen)

  function checkProbe(probe: SimulatedLink): void {
    const main = parts.main()
    const better = scenario.transports.indexOf(probe.kind)
    coverage.hit('probe')
    if (!main || main.openedAt === undefined || better >= scenario.transports.indexOf(main.kind))
      return world.fail(`link ${probe.number} is a second link beside link ${main?.number}`)
    const sinceMs = probe.dialedAt - Math.max(probedAt, main.openedAt)
    if (sinceMs < firstProbeMs - 0.001) world.fail(`link ${probe.number} probes after ${sinceMs} ms`)
    probedAt = probe.dialedAt
  }

  return {
    dialed(link) {
      // A refresh that brings the same again ends the stream, before anything is asked.
      if (tokens.isStale) link.mayBeFatal = true
      if (link.isProbe) checkProbe(link)
      else rules.dialed(link)
    },
    opened: () => {},
    bytes: () => {},
    comment: () => silence.commented(),
    retry: (_, ms) => rules.retry(ms),
    failed(link, { code }) {
      if (code === 'UNAUTHORIZED') rules.refused(link)
    },
    event(link, event, tell) {
      const stream = opened()[0]?.stream
      const before = stream?.stats
      tell()
      const after = stream?.stats
      const isIgnored = before && after && event.type === 'message' && isSame(before, after)
      if (isIgnored) link.isDeaf = true
      if (link.isDeaf) return
      const isTaken = before && after && event.type === 'message' ? after.events > before.events : undefined
      const { heartbeatMs, place, number } = reading.event(link, event, isTaken)
      if (heartbeatMs !== undefined) silence.announced(heartbeatMs)
      for (const { ledger } of opened()) {
        if (place !== undefined) ledger.placed(place)
        if (number !== undefined) ledger.read(number)
      }
    },
  }
}

type Counts = { readonly events: number; readonly duplicatesDropped: number }

function isSame(before: Counts, after: Counts): boolean {
  return before.events === after.events && before.duplicatesDropped === after.duplicatesDropped
}
