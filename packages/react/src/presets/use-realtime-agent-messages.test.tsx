import { createAgentMessage } from '@steadystream/core/presets'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act, render } from '@testing-library/react'
import { StrictMode } from 'react'
import { expect, test } from 'vitest'

import { StreamProvider } from '../stream-provider.ts'
import { useRealtimeAgentMessages } from './use-realtime-agent-messages.ts'

import type { AgentMessage } from '@steadystream/core/presets'
import type { AgentMessagesOptions, AgentMessagesView } from './use-realtime-agent-messages.ts'

const message = (n: number, agentId = 'ann') =>
  createAgentMessage(agentId, `message ${n}`, { id: `m${n}`, timestamp: new Date(n * 1000).toISOString() })
const messages = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => message(from + n))

let lastOrigin = 0

/** A chat whose event stream a proxy may block. */
function setUp(options: AgentMessagesOptions = {}) {
  // What works with an origin is remembered for the page.
  const origin = `https://chat${++lastOrigin}.test`
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const server = { isBlocked: false, stored: [] as AgentMessage[] | null, polls: [] as number[] }
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { pathname } = new URL(input as URL)
    if (pathname === '/api/chat/messages') {
      server.polls.push(clock.now())
      return Response.json({ messages: server.stored })
    }
    if (server.isBlocked) return new Response('<p>blocked</p>', { headers: { 'Content-Type': 'text/html' } })
    const response = await scripted.fetch(input, init)
    // As our server does, so that a proxy that buffers is found out.
    scripted.connection(accepted++).raw(': hello\n\n')
    return response
  }
  const views: AgentMessagesView[] = []
  const chat = { agentIds: (): readonly string[] | undefined => options.agentIds }
  let accepted = 0
  const frames: string[] = []
  function Chat() {
    const agentIds = chat.agentIds()
    const view = useRealtimeAgentMessages({ ...options, ...(agentIds && { agentIds }) })
    views.push(view)
    const how = view.isLoading
      ? 'loading'
      : view.isRealtime
        ? 'real-time'
        : view.isConnected
          ? view.transport
          : view.state
    if (frames.at(-1) !== how) frames.push(how ?? '')
    return null
  }
  const page = () => (
    <StrictMode>
      <StreamProvider fetch={fetch} clock={clock} baseUrl={origin}>
        <Chat />
      </StreamProvider>
    </StrictMode>
  )
  const { rerender } = render(page())
  return {
    rerender: () => rerender(page()),
    ...{ chat, scripted, server, frames, views, latestLink: () => scripted.connection(accepted - 1) },
    /** In steps, as React 18 renders once for each. */
    async pass(ms = 20) {
      for (let left = ms; left > 0; left -= 500) await act(() => clock.advance(Math.min(left, 500)))
    },
    ids: () => views.at(-1)?.messages.map(({ id }) => id),
    view: () => views.at(-1),
  }
}

const idsOf = (all: readonly AgentMessage[]) => all.map(({ id }) => id)

test('polls while event streams are blocked, says so, and is real-time again once they are not', async () => {
  const { scripted, server, frames, views, latestLink, pass, ids } = setUp({ heartbeatInterval: 0 })
  await pass()
  for (const each of messages(1, 3)) scripted.connection(0).push({ id: `e:${each.id}`, data: each })
  await pass(6000)
  server.isBlocked = true
  server.stored = messages(1, 5)
  scripted.connection(0).drop()
  await pass(10_000)
  expect(ids()).toEqual(idsOf(messages(1, 5)))
  server.stored = messages(1, 7)
  await pass(100_000)
  expect(ids()).toEqual(idsOf(messages(1, 7)))
  expect(frames).toEqual(['loading', 'real-time', 'retrying', 'polling'])

  server.isBlocked = false
  await pass(400_000)
  expect(frames.slice(4)).toEqual(['real-time'])
  expect(scripted.requests.at(-1)?.lastEventId).toBe('e:m3')
  // The server sends what came after the position, part of which polling has brought.
  for (const each of messages(4, 30)) latestLink().push({ id: `e:${each.id}`, data: each })
  await pass()
  expect(ids()).toEqual(idsOf(messages(11, 30)))
  for (const shown of views.map((each) => idsOf(each.messages))) {
    expect(shown.length).toBeLessThanOrEqual(20)
    expect(new Set(shown).size).toBe(shown.length)
  }
  const polls = server.polls.length
  await pass(200_000)
  expect(server.polls).toHaveLength(polls)
})

test('polls from the start where event streams were never to be had, every 45 s by default', async () => {
  const { server, frames, pass, ids } = setUp({ agentIds: ['ann'] })
  server.isBlocked = true
  server.stored = [message(1), message(2, 'bob'), message(3)]
  await pass(1000)
  expect([frames, ids()]).toEqual([
    ['loading', 'polling'],
    ['m1', 'm3'],
  ])
  const first = server.polls.length
  await pass(45_000 * 1.25)
  expect(server.polls.length).toBe(first + 1)
  await pass(45_000 * 0.7)
  expect(server.polls.length).toBe(first + 1)
})

test('keeps at most 20 messages of an agent', async () => {
  const { scripted, pass, ids } = setUp()
  await pass()
  const all = messages(1, 50)
  for (const each of [...all, message(51, 'bob')]) scripted.connection(0).push({ id: each.id, data: each })
  await pass()
  expect(ids()).toEqual([...idsOf(all.slice(30)), 'm51'])
})

test('gives the same messages at each render until there are others, though agentIds is written in place', async () => {
  const { scripted, pass, view, rerender, chat } = setUp()
  chat.agentIds = () => ['ann']
  rerender()
  await pass()
  for (const each of [message(1), message(2, 'bob')]) scripted.connection(0).push({ id: each.id, data: each })
  await pass()
  const before = view()
  expect(before?.messages).toEqual([message(1)])
  rerender()
  expect(view()).toBe(before)
  chat.agentIds = () => ['bob']
  rerender()
  expect(view()?.messages).toEqual([message(2, 'bob')])
})

test('only polls without enableSSE, and connects to nothing without either', async () => {
  const poller = setUp({ enableSSE: false, fallbackPollInterval: 1000 })
  poller.server.stored = messages(1, 1)
  await poller.pass(5000)
  expect([poller.ids(), poller.view()?.isRealtime, poller.scripted.requests.length]).toEqual([['m1'], false, 0])
  expect(poller.server.polls.length).toBeGreaterThan(3)

  const nothing = setUp({ enableSSE: false, enableFallbackPolling: false })
  await nothing.pass(5000)
  expect([nothing.view()?.state, nothing.server.polls, nothing.view()?.isLoading]).toEqual(['disconnected', [], false])
})

test('is in error, and does not poll, where polling is turned off and event streams are blocked', async () => {
  const { server, pass, view } = setUp({ enableFallbackPolling: false })
  server.isBlocked = true
  await pass(60_000)
  expect([view()?.error?.code, view()?.isLoading, server.polls]).toEqual(['CONTENT_TYPE', false, []])
})

test('says what it polled, where that is no list of messages', async () => {
  const { server, pass, view } = setUp({ enableSSE: false })
  server.stored = null
  await pass()
  expect(view()?.error?.message).toMatch(/^parse failed for {"messages":null}: .*iterable/)
})
