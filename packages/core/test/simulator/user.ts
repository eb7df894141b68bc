import { drawConsumer } from './scenario.ts'
import { createSubscriber } from './subscriber.ts'

import type { ConsumerKind } from './scenario.ts'
import type { Stage } from './stage.ts'
import type { Subscriber } from './subscriber.ts'

/** What the user of the library does. */
export interface User {
  join(kind: ConsumerKind): Subscriber
  /** Starts every stream that is over although its channel is not. */
  startAll(): void
  closeAll(): void
  /** Something at random, while things go wrong. */
  act(): void
}

export function createUser(stage: Stage): User {
  const { world, random, scenario, manager, rules, reading, subscribers, coverage } = stage
  const own = random.fork()
  const patience = random.fork()

  /** Tells the rules what a call is about to do that may dial. */
  function aboutToDial(lastEventId: string): void {
    if (manager.getActiveConnections().length > 0) return
    reading.begin(lastEventId)
    rules.begin()
    stage.silence.begin()
    stage.page.watched()
    rules.permitDial()
  }

  function join(kind: ConsumerKind): Subscriber {
    // What has given up is not shared: whoever came now would have a link of his own.
    for (const other of subscribers) if (other.isOpen && other.stream.state === 'error') restart(other)
    aboutToDial('')
    const name = `user ${subscribers.length + 1}`
    world.trace(`${name}: joins (${kind})`)
    coverage.hit('joined')
    const subscriber = createSubscriber(name, kind, stage.newLedger(), {
      world,
      reading,
      coverage,
      isBatched: scenario.batch !== undefined,
      dropsEvents: scenario.overflow === 'drop-oldest' || scenario.overflow === 'latest-by-key',
      patience: () => (stage.isTroubled ? drawPatience() : 0),
      open: (handlers) => stage.open(name, handlers),
      failed: (error) => stage.silence.failed(error, stage.observer.ended),
      stateChanged: (change) => rules.stateChanged(change),
      gaveUp: () => world.onClient(own.whole(0, own.chance(0.4) ? 300 : 12_000), () => restart(subscriber)),
    })
    subscribers.push(subscriber)
    subscriber.begin(false)
    subscriber.started()
    return subscriber
  }

  function drawPatience(): number {
    if (patience.chance(scenario.overflow?.startsWith('d') ? 0.1 : 0.02)) return patience.whole(5000, 60_000)
    return patience.chance(0.5) ? 0 : patience.whole(1, 400)
  }

  function restart(subscriber: Subscriber): void {
    const { stream, isOpen, name } = subscriber
    if (stage.isLeaving) return
    if (isOpen && stream.state === 'error') {
      world.trace(`${name}: starts again`)
      stage.tokens.renew()
      rules.permitDial()
      rules.restarted()
      stream.start()
      subscriber.started()
    } else if (!isOpen && !scenario.isPooled) {
      world.trace(`${name}: starts after ${JSON.stringify(stream.lastEventId)}`)
      aboutToDial(stream.lastEventId)
      subscriber.begin(stream.lastEventId !== '')
      stream.start()
      subscriber.started()
    }
  }

  function close(subscriber: Subscriber): void {
    world.trace(`${subscriber.name}: closes`)
    coverage.hit('closed', subscriber.stream.state)
    const { state, transport } = subscriber.stream
    // A socket cannot be left unread.
    const hasLink = ['connecting', 'connected'].includes(state) && transport !== 'websocket'
    subscriber.close()
    if (subscribers.some(({ isOpen }) => isOpen)) return
    rules.ended()
    const lingers = manager.getActiveConnections().length === 1
    if (lingers !== (scenario.isPooled && hasLink)) {
      world.fail(`the connection ${lingers ? 'lingers' : 'does not linger'} after its last user has left`)
    }
  }

  const choices: Record<string, (subscriber: Subscriber) => void> = {
    close(subscriber) {
      close(subscriber)
      if (scenario.isPooled) world.onClient(own.whole(0, 2500), () => stage.isLeaving || join(drawConsumer(own)))
      else world.onClient(own.whole(0, 5000), () => restart(subscriber))
    },
    reconnect(subscriber) {
      const { stream, name } = subscriber
      coverage.hit('reconnected', stream.state)
      if (stream.state === 'error') return restart(subscriber)
      world.trace(`${name}: reconnects`)
      rules.permitDial()
      stream.reconnect()
    },
    sleep() {
      const ms = own.whole(1000, own.chance(0.5) ? 10_000 : 400_000)
      const frozen = own.chance(0.5)
      coverage.hit('machine sleeps')
      world.trace(`the machine sleeps for ${ms} ms${frozen ? ', and its clock stands still' : ''}`)
      world.sleep(ms, frozen)
    },
    clockSet() {
      coverage.hit('wall clock set')
      world.shiftWallClock(own.whole(-100_000, 100_000))
    },
    page: () => stage.page.act(),
  }

  return {
    join,
    startAll() {
      if (subscribers.every(({ isOpen }) => !isOpen) && scenario.isPooled) join('prompt')
      for (const subscriber of subscribers) if (!subscriber.isOpen) restart(subscriber)
    },
    closeAll() {
      for (const subscriber of subscribers) if (subscriber.isOpen) close(subscriber)
    },
    act() {
      const open = subscribers.filter(({ isOpen }) => isOpen)
      if (stage.page.isAsleep) return
      const whole = ['sleep', 'sleep', 'clockSet', 'page', 'page']
      if (subscribers.length === 0) return
      const choice = own.pick(open.length === 0 ? whole : ['close', 'reconnect', ...whole])
      choices[choice]?.(own.pick(open.length === 0 ? subscribers : open))
    },
  }
}
