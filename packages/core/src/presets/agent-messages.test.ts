import { describe, expect, expectTypeOf, it } from 'vitest'

import { reduceAll } from '../../test/support/reduce-all.ts'
import { agentMessages, createAgentMessage, maxMessagesPerAgent } from './agent-messages.ts'

const timeOf = (second: number) => new Date(second * 1000).toISOString()
const message = (agentId: string, second: number) =>
  createAgentMessage(agentId, 'hello', { id: `${agentId}${second}`, timestamp: timeOf(second) })
const idsOf = (state: typeof agentMessages.initial | undefined) => state?.messages.map(({ id }) => id)

describe('agentMessages', () => {
  it('puts messages where their time says, and equal times in the order of arrival', () => {
    const events = [message('a', 1), message('b', 5), message('a', 3), message('c', 5), message('c', 0)]
    expect(reduceAll(agentMessages, events).map(idsOf)).toEqual([
      ['a1'],
      ['a1', 'b5'],
      ['a1', 'a3', 'b5'],
      ['a1', 'a3', 'b5', 'c5'],
      ['c0', 'a1', 'a3', 'b5', 'c5'],
    ])
  })

  it('shows a message once: the state stays the same object when it comes again', () => {
    const [, before, again] = reduceAll(agentMessages, [message('a', 1), message('a', 2), message('a', 1)])
    expect(again).toBe(before)
  })

  it('drops the oldest of more than 20 messages of an agent, and no others', () => {
    const many = Array.from({ length: maxMessagesPerAgent }, (_, n) => message('a', 10 + n))
    const states = reduceAll(agentMessages, [message('b', 1), ...many, message('a', 50)])
    expect(maxMessagesPerAgent).toBe(20)
    expect(idsOf(states.at(-2))).toEqual(['b1', ...many.map(({ id }) => id)])
    expect(idsOf(states.at(-1))).toEqual(['b1', ...many.slice(1).map(({ id }) => id), 'a50'])
  })

  it('stays the same object for a message older than the 20 that are kept', () => {
    const many = Array.from({ length: maxMessagesPerAgent }, (_, n) => message('a', 10 + n))
    const states = reduceAll(agentMessages, [...many, message('a', 2)])
    expect(states.at(-1)).toBe(states.at(-2))
  })

  it('holds 1,000 messages of all agents together', () => {
    const events = Array.from({ length: 1001 }, (_, n) => message(`agent${n}`, n))
    const ids = idsOf(reduceAll(agentMessages, events).at(-1))
    expect(ids).toEqual(events.slice(1).map(({ id }) => id))
  })

  it('ignores what is no message', () => {
    const bad = [
      null,
      'hello',
      { ...message('a', 1), content: 1 },
      { ...message('a', 1), timestamp: 0 },
      [message('a', 1)],
    ]
    expect(reduceAll(agentMessages, bad).every((state) => state === agentMessages.initial)).toBe(true)
  })

  it('has a place that takes no parameters', () => {
    expect(agentMessages.path(undefined)).toBe('/api/chat/stream')
    expectTypeOf(agentMessages.path).parameter(0).toEqualTypeOf<undefined>()
  })
})

describe('createAgentMessage', () => {
  it('fills in an ID of its own and the time', () => {
    const { id, timestamp, ...rest } = createAgentMessage('a', 'hello')
    expect(rest).toEqual({ agentId: 'a', content: 'hello' })
    expect(id).toMatch(/^msg_[\da-f]{24}$/)
    expect(new Date(timestamp).toISOString()).toBe(timestamp)
    expect(createAgentMessage('a', 'hello').id).not.toBe(id)
  })
})
