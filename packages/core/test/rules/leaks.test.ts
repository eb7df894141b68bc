import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

type Opened = ReturnType<typeof openScripted>

interface Case {
  readonly config?: Parameters<typeof openScripted>[0]
  readonly setup?: Parameters<typeof openScripted>[1]
  /** Brings the stream into its state. */
  readonly reach: (opened: Opened) => Promise<void> | void
  readonly state: string
}

const never = () => new Promise<never>(() => {})

const cases: Record<string, Case> = {
  'before its start': { state: 'disconnected', reach: () => {} },
  'never started': { state: 'disconnected', config: { autoStart: false }, reach: ({ clock }) => clock.advance(1000) },
  'while its url function is asked': {
    state: 'connecting',
    setup: { url: never },
    reach: ({ clock }) => clock.advance(1000),
  },
  'while its headers function is asked': {
    state: 'connecting',
    config: { headers: never },
    reach: ({ clock }) => clock.advance(1000),
  },
  'while its persisted ID is asked for': {
    state: 'disconnected',
    config: { persist: { get: never, set: () => {} } },
    reach: ({ clock }) => clock.advance(1000),
  },
  connecting: {
    state: 'connecting',
    reach: async ({ server, clock }) => {
      server.ignore(1)
      await clock.advance(1000)
    },
  },
  connected: {
    state: 'connected',
    reach: async ({ server, clock }) => {
      await clock.advance(0)
      server.connection(0).comment()
      await clock.advance(1000)
    },
  },
  'held back by a slow consumer': {
    state: 'connected',
    config: { maxBufferedEvents: 2 },
    setup: { handlers: { onData: never } },
    reach: async ({ server, clock }) => {
      await clock.advance(0)
      for (let n = 0; n < 10; n++) server.connection(0).push(n)
      await clock.advance(1000)
      expect(server.connection(0).unread).toBeGreaterThan(0)
    },
  },
  'waiting for a retry': {
    state: 'retrying',
    reach: async ({ server, clock }) => {
      server.refuse(1)
      await clock.advance(1000)
    },
  },
  'dialling again': {
    state: 'retrying',
    reach: async ({ server, clock }) => {
      server.flap(1)
      server.ignore(1)
      await clock.advance(2000)
    },
  },
  'after giving up': {
    state: 'error',
    config: { maxRetries: 0 },
    reach: async ({ server, clock }) => {
      server.refuse(1)
      await clock.advance(1000)
    },
  },
  'after completion': {
    state: 'disconnected',
    reach: async ({ server, clock }) => {
      await clock.advance(0)
      server.connection(0).complete()
      await clock.advance(1000)
    },
  },
}

/** An abort signal that counts the listeners on it. */
function countingSignal() {
  const controller = new AbortController()
  const { signal } = controller
  const counts = { listeners: 0, most: 0 }
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  const known = new Set<unknown>()
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    known.add(args[1])
    counts.listeners = known.size
    counts.most = Math.max(counts.most, known.size)
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    known.delete(args[1])
    counts.listeners = known.size
    remove(...args)
  }
  return { controller, signal, counts }
}

describe('after the end of a stream nothing is left', () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => void unhandled.push(reason)

  beforeEach(() => {
    unhandled.length = 0
    process.on('unhandledRejection', note)
  })
  afterEach(() => {
    process.off('unhandledRejection', note)
    vi.restoreAllMocks()
  })

  const ends = {
    'close()': ({ stream }: Opened) => stream.close(),
    'an abort': (_: Opened, controller: AbortController) => controller.abort(),
    'cleanupAll()': ({ manager }: Opened) => manager.cleanupAll(),
  }

  for (const [endName, end] of Object.entries(ends)) {
    it.each(Object.entries(cases))(`by ${endName} %s`, async (_, { config, setup, reach, state }) => {
      const { controller, signal, counts } = countingSignal()
      const opened = openScripted({ ...config, signal }, setup)
      const { stream, server, clock, manager, dials, inits, log } = opened
      // Awaiting nothing would already let a stream start by itself.
      const reaching = reach(opened)
      if (reaching) await reaching
      expect(stream.state).toBe(state)
      const dialled = dials.length

      end(opened, controller)

      expect(stream.state).toBe('disconnected')
      expect(clock.pending).toBe(0)
      expect(counts).toEqual({ listeners: 0, most: 1 })
      expect(manager.getActiveConnections()).toEqual([])
      const lines = log.length
      await clock.advance(600_000)
      expect(dials).toHaveLength(dialled)
      expect(server.openConnections).toBe(0)
      expect(inits.every((init) => init.signal?.aborted)).toBe(true)
      expect(log).toHaveLength(lines)
      await new Promise(setImmediate)
      expect(unhandled).toEqual([])
    })
  }

  it('trap 41: a stream has one listener on its signal, however often it dials', async () => {
    const { signal, counts } = countingSignal()
    const { server, clock } = openScripted({ signal, maxRetries: Infinity })
    server.flap(50)
    await clock.advance(3_600_000)
    expect(server.requests.length).toBeGreaterThan(50)
    expect(counts).toEqual({ listeners: 1, most: 1 })
  })

  it('trap 40: no rejection is left unhandled by any failure', async () => {
    const { server, clock } = openScripted({ maxRetries: Infinity })
    server.refuse(2)
    server.respond(503)
    server.ignore(1)
    await clock.advance(120_000)
    server.connection(0).dropMidEvent()
    await clock.advance(60_000)
    await new Promise(setImmediate)
    expect(unhandled).toEqual([])
  })
})

describe("a manager's listeners", () => {
  it('trap 39: may come and go while they are told', async () => {
    const { manager, clock, stream } = openScripted()
    const got: string[] = []
    const stopFirst = manager.on('state', ({ state }) => {
      got.push(`first ${state}`)
      stopFirst()
      stopFirst()
      manager.on('state', ({ state: later }) => void got.push(`late ${later}`))
    })
    manager.on('state', ({ state }) => void got.push(`second ${state}`))
    await clock.advance(0)
    stream.close()
    expect(got.slice(0, 2)).toEqual(['first connecting', 'second connecting'])
    expect(got.filter((line) => line.startsWith('first'))).toHaveLength(1)
    expect(got.filter((line) => line.startsWith('second'))).toHaveLength(3)
    expect(got.filter((line) => line === 'late disconnected')).toHaveLength(1)
  })
})
