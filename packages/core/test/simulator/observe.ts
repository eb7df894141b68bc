import { createLink } from './link.ts'

import type { Link, StreamError, TransportFactory } from '@steadystream/core'
import type { SimulatedLink, TransportKind } from './link.ts'
import type { World } from './world.ts'

type TransportEvent = Parameters<Link['event']>[0]

/** What is told of the links of one run. Probes are told of as well; what they receive is not. */
export interface LinkWatch {
  dialed(link: SimulatedLink): void
  opened(link: SimulatedLink): void
  bytes(link: SimulatedLink): void
  /** @param tell hands it to the stream */
  event(link: SimulatedLink, event: TransportEvent, tell: () => void): void
  comment(link: SimulatedLink): void
  retry(link: SimulatedLink, ms: number): void
  failed(link: SimulatedLink, error: StreamError): void
}

/** Stands between the stream and its transports, and sees every link with all that its transport tells. */
export interface Observer {
  wrap(kind: TransportKind, factory: TransportFactory): TransportFactory
  linkOf(kind: TransportKind): SimulatedLink | undefined
  /** The link in use, or the last one. */
  readonly main: SimulatedLink | undefined
  /** The last link that was ended. */
  readonly ended: SimulatedLink | undefined
  readonly links: readonly SimulatedLink[]
}

export function createObserver(world: World, watch: LinkWatch): Observer {
  const links: SimulatedLink[] = []
  const lastOf = new Map<TransportKind, SimulatedLink>()
  let main: SimulatedLink | undefined
  let former: SimulatedLink | undefined

  function begin(kind: TransportKind, { signal, lastEventId }: Link): SimulatedLink {
    const isProbe = !!main && !main.signal.aborted
    const facts = { kind, isProbe, lastEventId, signal }
    const link = createLink({ ...facts, number: links.length + 1, dialedAt: world.clock.now() })
    links.push(link)
    lastOf.set(kind, link)
    const what = isProbe ? 'probes' : 'dials'
    world.trace(`link ${link.number}: ${what} ${kind} from ${JSON.stringify(lastEventId)}`)
    watch.dialed(link)
    if (isProbe) return link
    former = main
    main = link
    return link
  }

  return {
    links,
    linkOf: (kind) => lastOf.get(kind),
    get main() {
      return main
    },
    get ended() {
      return main?.signal.aborted ? main : former
    },
    wrap: (kind, factory) => (defaults) => {
      const transport = factory(defaults)
      return { ...transport, connect: (link) => transport.connect(observed(world, watch, begin(kind, link), link)) }
    },
  }
}

/** The link as its transport sees it: everything passes, and is seen as long as it counts. */
function observed(world: World, watch: LinkWatch, seen: SimulatedLink, link: Link): Link {
  const now = () => world.clock.now()
  const counts = () => !link.signal.aborted && !seen.isProbe
  const over =
    <Args extends unknown[]>(tell: (...args: Args) => void) =>
    (...args: Args) => {
      if (seen.isOver && !link.signal.aborted) world.fail(`link ${seen.number} tells its end twice`)
      seen.isOver = true
      tell(...args)
    }
  return {
    ...link,
    opened() {
      if (!link.signal.aborted) {
        if (seen.openedAt !== undefined) world.fail(`link ${seen.number} opens twice`)
        seen.openedAt = seen.lastReadAt = now()
        watch.opened(seen)
      }
      link.opened()
    },
    bytes(count) {
      if (!link.signal.aborted) {
        seen.firstBytesAt ??= now()
        seen.lastReadAt = now()
        watch.bytes(seen)
      }
      link.bytes(count)
    },
    event(event) {
      if (counts()) watch.event(seen, event, () => link.event(event))
      else link.event(event)
    },
    comment(text) {
      if (counts()) watch.comment(seen)
      link.comment(text)
    },
    retry(ms) {
      if (counts() && !seen.isDeaf) watch.retry(seen, ms)
      link.retry(ms)
    },
    moved: () => world.fail(`link ${seen.number} moves without an event, and no server does that here`),
    oversized: () => world.fail(`link ${seen.number} finds an event too long`),
    ended: over(link.ended),
    completed: over(link.completed),
    failed: over((error: StreamError) => {
      if (counts()) watch.failed(seen, error)
      link.failed(error)
    }),
  }
}
