import { assert, property, record, string, constantFrom, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { nameChannel, parseChannel } from './channel.ts'

import type { Channel } from './channel.ts'

describe('nameChannel', () => {
  it.each<[Channel, string]>([
    ['news', 'news'],
    [{ type: 'job_progress', id: 'job_123' }, 'job_progress:job_123'],
    [{ type: 'alerts', userId: 'u1' }, 'alerts:@u1'],
    [{ type: 'alerts', userId: '@u1' }, 'alerts:@@u1'],
    [{ type: 'alerts', id: '@u1' }, 'alerts:\\@u1'],
    [{ type: 'alerts', id: '\\@u1' }, 'alerts:\\\\@u1'],
    ['größe 漢字 🎬', 'größe 漢字 🎬'],
  ])('shows %j as %s', (channel, label) => {
    expect(nameChannel(channel).label).toBe(label)
  })

  it('security 12: gives no two channels one key, however alike they read', () => {
    const alike: Channel[] = [
      'a:b:c',
      { type: 'a:b', id: 'c' },
      { type: 'a', id: 'b:c' },
      { type: 'a:b', userId: 'c' },
      { type: 'a', userId: 'b:c' },
      'id:1:a:b',
      'name:a',
    ]
    expect(new Set(alike.map((channel) => nameChannel(channel).key)).size).toBe(alike.length)
  })

  it('security 12: keys are equal only for equal channels', () => {
    const part = string({ unit: constantFrom('a', ':', '1', 'i', 'd'), minLength: 1, maxLength: 8 })
    const triple = record({ kind: constantFrom('name', 'id', 'user'), type: part, part })
    function build({ kind, type, part: id }: { kind: string; type: string; part: string }): Channel {
      if (kind === 'name') return `${type}:${id}`
      return kind === 'id' ? { type, id } : { type, userId: id }
    }
    assert(
      property(tuple(triple, triple), ([left, right]) => {
        const [a, b] = [build(left), build(right)]
        expect(nameChannel(a).key === nameChannel(b).key).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
  })

  it('security 12: a label reads as the channel that it was made of', () => {
    const type = string({ unit: constantFrom('a', '@', '\\', '1'), minLength: 1, maxLength: 4 })
    const part = string({ unit: constantFrom('a', ':', '@', '\\'), minLength: 1, maxLength: 8 })
    assert(
      property(type, part, constantFrom('id', 'userId'), (own, other, kind) => {
        const channel: Channel = kind === 'id' ? { type: own, id: other } : { type: own, userId: other }
        expect(parseChannel(nameChannel(channel).label)).toEqual(channel)
      }),
    )
  })

  it.each([
    ['a number', 5, 'channel must be a name, { type, id } or { type, userId }, got number'],
    ['null', null, 'channel must be a name'],
    ['no id', { type: 'a' }, 'channel must have either an id or a userId'],
    ['id and userId', { type: 'a', id: '1', userId: '2' }, 'either an id or a userId'],
    ['a number as id', { type: 'a', id: 5 }, 'channel.id must be a string, got number'],
    ['a number as userId', { type: 'a', userId: 5 }, 'channel.userId must be a string, got number'],
    ['no type', { id: '1' }, 'channel.type must be a string, got undefined'],
    ['an empty name', '', 'channel must not be empty'],
    ['an empty id', { type: 'a', id: '' }, 'channel.id must not be empty'],
    ['LF', 'a\nb', 'control or invisible'],
    ['NUL', 'a\0b', 'control or invisible'],
    ['ESC', { type: 'a', id: '\x1b[31m' }, 'control or invisible'],
    ['a direction override', 'a\u202eb', 'control or invisible'],
    ['a line separator', 'a\u2028b', 'control or invisible'],
    ['a lone surrogate', 'a\ud800', 'control or invisible'],
  ])('security 12: refuses %s', (_, channel, message) => {
    // On purpose what the type forbids.
    expect(() => nameChannel(channel as Channel)).toThrow(TypeError)
    expect(() => nameChannel(channel as Channel)).toThrow(message)
  })

  it('security 12: takes 255 characters and refuses 256', () => {
    expect(nameChannel('x'.repeat(255)).label).toHaveLength(255)
    expect(() => nameChannel('x'.repeat(256))).toThrow(RangeError)
    expect(() => nameChannel({ type: 'x'.repeat(200), id: 'y'.repeat(55) })).toThrow(
      'at most 255 characters long, got 256',
    )
  })
})

describe('parseChannel', () => {
  it.each([
    ['news', 'news'],
    ['job:1', { type: 'job', id: '1' }],
    ['job:1:2', { type: 'job', id: '1:2' }],
  ])('reads %s', (text, channel) => {
    expect(parseChannel(text)).toEqual(channel)
  })
})
