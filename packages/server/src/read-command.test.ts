import { anything, array, assert, constantFrom, dictionary, integer, json, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { readName } from './channel-request.ts'
import { formatCursor, readCursor } from './cursor.ts'
import { readCommand } from './read-command.ts'

const types = ['subscribe', 'unsubscribe', 'publish', 'auth', 'ping'] as const

describe('readCommand', () => {
  it('security 14: reads a command out of whatever JSON holds, or nothing, and never throws', () => {
    const field = oneof(string(), json().map((text) => JSON.parse(text) as unknown), constantFrom('start', 'a', 'a:b', null)) // prettier-ignore
    const name = constantFrom('channel', 'position', 'from', 'data', 'id', 'token', '__proto__', 'constructor', 'type')
    const hostile = dictionary(name, field).chain((fields) =>
      constantFrom(...types).map((type) => JSON.parse(JSON.stringify({ ...fields, type })) as unknown),
    )
    assert(
      property(oneof(hostile, anything()), (value) => {
        const command = readCommand(value)
        if (command === undefined) return
        expect(types).toContain(command.type)
        if (command.type === 'subscribe') expect(() => readName(command.channel)).not.toThrow()
      }),
      { numRuns: 5000 },
    )
  })
})

describe('a cursor', () => {
  it('reads as what was written, where it is short enough', () => {
    const places = [{ epoch: 'e', offset: 1 }, { at: 'now' }, { at: 'start' }] as const
    expect(readCursor(formatCursor(places), 3)).toEqual([{ at: 'token', token: 'e:1' }, { at: 'now' }, { at: 'start' }])
  })

  it('security 22: of any text is one place for each channel', () => {
    assert(
      property(array(integer({ min: 0, max: 0xffff })), constantFrom(1, 2, 100), (codes, count) => {
        expect(readCursor(String.fromCharCode(...codes), count)).toHaveLength(count)
      }),
    )
    expect(formatCursor(Array.from({ length: 500 }, () => ({ epoch: 'epoch', offset: 1 })))).toBe('!')
  })
})
