import { describe, expect, it } from 'vitest'

import { ChannelEvent, encodeJson } from './channel-event.ts'

describe('ChannelEvent', () => {
  it('is a block with its position and no event name, encoded once', () => {
    const event = new ChannelEvent('abc', 7, '{"a":1}')
    expect(event.sse.toString()).toBe('id: abc:7\ndata: {"a":1}\n\n')
    expect(event.sse).toBe(event.sse)
  })

  it('is an envelope of its channel, encoded once', () => {
    const event = new ChannelEvent('abc', 7, '{"a":1}')
    expect(event.envelope('job:"1"').toString()).toBe(
      '{"type":"event","channel":"job:\\"1\\"","position":"abc:7","data":{"a":1}}',
    )
    expect(event.envelope('job:"1"')).toBe(event.envelope('job:"1"'))
  })
})

describe('encodeJson', () => {
  it.each([
    [{ a: 'ü\n' }, '{"a":"ü\\n"}'],
    ['text', '"text"'],
    [null, 'null'],
    ['\ud800', '"\\ud800"'],
  ])('writes %j', (value, json) => {
    expect(encodeJson(value)).toBe(json)
  })

  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  it.each([
    ['undefined', undefined, 'event must be a value that JSON can hold, got undefined'],
    ['a function', () => {}, 'got function'],
    ['a symbol', Symbol('s'), 'got symbol'],
    ['a BigInt', 1n, 'event cannot be written as JSON'],
    ['a cycle', cycle, 'event cannot be written as JSON'],
  ])('refuses %s', (_, value, message) => {
    expect(() => encodeJson(value)).toThrow(TypeError)
    expect(() => encodeJson(value)).toThrow(message)
  })
})
