import type { Stage } from './stage.ts'

/** Between one link and its probe. */
const mostLinks = 2
/** Time-out or first byte, health, silence, retry, linger; wake, hiding, probe; a poll's pause, two of a socket's; frames. */
const mostTimers = 14

/** What holds at every moment. */
export function checkStep(stage: Stage): void {
  const { world, manager, rules, subscribers, scenario, page } = stage
  const connections = manager.getActiveConnections()
  if (connections.length > 1) world.fail(`${connections.length} connections for one stream`)
  checkLinks(stage, connections.length)
  if (world.libraryTimers() > mostTimers) world.fail(`${world.libraryTimers()} timers`)
  if (page.isAsleep && liveLinks(stage) > 0) world.fail('a link is left while the page is frozen or cached')
  for (const subscriber of subscribers) subscriber.check(scenario.maxBufferedEvents)
  checkStats(stage)
  rules.stepEnded()
}

export function liveLinks({ observer: { links } }: Stage): number {
  return links.filter(({ live }) => live > 0).length
}

function checkLinks({ world, observer }: Stage, connections: number): void {
  // The others were over when they were looked at last.
  const recent = observer.links.slice(-4).filter(({ live }) => live > 0)
  for (const { number, live, signal, isDeaf } of recent) {
    if (live > 1) world.fail(`${live} requests of link ${number} at once`)
    if (signal.aborted) world.fail(`link ${number} goes on after it was given up`)
    if (isDeaf) world.fail(`link ${number} goes on, and the stream takes nothing from it`)
  }
  if (recent.length > mostLinks || recent.filter(({ isProbe }) => !isProbe).length > 1)
    world.fail(`${recent.length} live links of one connection`)
  if (recent.length > 0 && connections === 0) world.fail('a live link without a connection')
}

function checkStats({ world, subscribers, reading }: Stage): void {
  const { accepted, duplicates } = reading
  for (const { stream, isOpen, name } of subscribers) {
    const { events, duplicatesDropped } = stream.stats
    if (isOpen && (events !== accepted || duplicatesDropped !== duplicates)) {
      world.fail(`${name} counts ${events} events and ${duplicatesDropped} duplicates, not ${accepted}, ${duplicates}`)
    }
  }
}
