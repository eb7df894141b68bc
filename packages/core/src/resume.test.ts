import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createResume } from './resume.ts'

const event = (id: string | undefined, data = '1', type = 'message') => ({ id, type, data })

/** A resume whose first link has begun as one of our server. */
function connectedAt(id: string, seed = '') {
  const resume = createResume(seed)
  resume.opened()
  const gap = resume.connected(id)
  return { resume, gap }
}

describe('positions', () => {
  it('are delivered while they follow each other', () => {
    const { resume, gap } = connectedAt('a:4')
    expect([gap, resume.received(event('a:5')), resume.received(event('a:6')), resume.lastEventId]).toEqual([
      undefined,
      undefined,
      undefined,
      'a:6',
    ])
  })

  it('are dropped at or before the last one', () => {
    const { resume } = connectedAt('a:4')
    resume.received(event('a:5'))
    expect(['a:5', 'a:1'].map((id) => resume.received(event(id)))).toEqual(['drop', 'drop'])
    expect(resume.lastEventId).toBe('a:5')
  })

  it('declare exactly the hole between two events', () => {
    const { resume } = connectedAt('a:4')
    expect(resume.received(event('a:8'))).toEqual({ kind: 'lost', from: 'a:4', to: 'a:7' })
  })

  it('declare another epoch up to its first event', () => {
    const { resume } = connectedAt('a:4')
    expect(resume.received(event('b:1'))).toEqual({ kind: 'lost', from: 'a:4', to: 'b:0' })
  })

  it('declare a connected event that has gone on without us', () => {
    const { resume } = connectedAt('a:4')
    resume.opened()
    expect(resume.connected('a:9')).toEqual({ kind: 'lost', from: 'a:4', to: 'a:9' })
    expect(resume.received(event('a:10'))).toBeUndefined()
  })

  it('do not go back with a connected event that replays', () => {
    const { resume } = connectedAt('a:4')
    resume.opened()
    expect(resume.connected('a:2')).toBeUndefined()
    expect(['a:3', 'a:4', 'a:5'].map((id) => resume.received(event(id)))).toEqual(['drop', 'drop', undefined])
  })

  it('are opaque on a link that did not begin with the connected event', () => {
    const resume = createResume('')
    resume.opened()
    expect(['a:1', 'a:9', 'a:1'].map((id) => resume.received(event(id)))).toEqual([undefined, undefined, undefined])
    expect(resume.connected('a:20')).toBeUndefined()
    expect(resume.received(event('a:1', 'other'))).toBeUndefined()
  })

  it('go on from a seed, and declare what lies between', () => {
    expect(connectedAt('a:7', 'a:4').gap).toEqual({ kind: 'lost', from: 'a:4', to: 'a:7' })
  })
})

describe('a gap that the server declares', () => {
  it('is passed on once, and delivery goes on behind it', () => {
    const { resume } = connectedAt('a:4')
    expect(resume.declared('a:6')).toEqual({ kind: 'lost', from: 'a:4', to: 'a:6' })
    expect(resume.declared('a:6')).toBeUndefined()
    expect(resume.received(event('a:7'))).toBeUndefined()
  })

  it('counts even where nothing was had before', () => {
    const resume = createResume('')
    resume.opened()
    resume.connected(undefined)
    expect(resume.declared('b:3')).toEqual({ kind: 'lost', from: undefined, to: 'b:3' })
    expect(resume.received(event('b:4'))).toBeUndefined()
  })

  it('leads back where the server has lost what came since, so that equal offsets are other events', () => {
    const { resume } = connectedAt('a:7')
    resume.opened()
    resume.connected(undefined)
    expect(resume.declared('a:4', 'a:7')).toEqual({ kind: 'lost', from: 'a:7', to: 'a:4' })
    expect(resume.received(event('a:5'))).toBeUndefined()
    expect(resume.lastEventId).toBe('a:5')
  })

  it('leads back who had come further than the one to whom it was declared, once', () => {
    const { resume } = connectedAt('a:9')
    expect(resume.declared('a:4', 'a:7')).toEqual({ kind: 'lost', from: 'a:9', to: 'a:4' })
    expect(resume.declared('a:4', 'a:7')).toBeUndefined()
    expect(resume.received(event('a:5'))).toBeUndefined()
  })

  it('does not lead back where it was declared to one who had come less far', () => {
    const { resume } = connectedAt('a:7')
    expect(resume.declared('a:4', 'a:2')).toBeUndefined()
    expect(resume.received(event('a:5'))).toBe('drop')
    expect(resume.lastEventId).toBe('a:7')
  })
})

describe('opaque ids', () => {
  it('are dropped when an earlier link brought id, type and data', () => {
    const resume = createResume('')
    resume.opened()
    resume.received(event('1', 'x'))
    resume.opened()
    const seen = [event('1', 'x'), event('1', 'y'), event('1', 'x', 'other'), event('2', 'x')]
    expect(seen.map((each) => resume.received(each))).toEqual(['drop', undefined, undefined, undefined])
  })

  it('are both delivered when they come twice on one link', () => {
    const resume = createResume('')
    resume.opened()
    expect([event('1'), event('1')].map((each) => resume.received(each))).toEqual([undefined, undefined])
  })

  it('remember a bounded number', () => {
    const resume = createResume('')
    resume.opened()
    for (let n = 0; n < 8192; n++) resume.received(event(String(n)))
    resume.opened()
    expect([8191, 4096].map((n) => resume.received(event(String(n))))).toEqual(['drop', 'drop'])
    expect(resume.received(event('0'))).toBeUndefined()
  })

  it('trap 16: are not sent back where no header can hold them', () => {
    const resume = createResume('')
    resume.opened()
    resume.received(event('a\u0001b'))
    expect([resume.lastEventId, resume.token]).toEqual(['a\u0001b', ''])
    expect(resume.opened()).toEqual({ kind: 'unknown' })
  })
})

describe('a server without ids', () => {
  it('gets a gap of unknown size for each link after the first that brought something', () => {
    const resume = createResume('')
    expect(resume.opened()).toBeUndefined()
    expect(resume.received(event(undefined))).toBeUndefined()
    expect([resume.opened(), resume.opened()]).toEqual([{ kind: 'unknown' }, { kind: 'unknown' }])
  })

  it('gets it with its first event, where the first link brought nothing', () => {
    const resume = createResume('')
    resume.opened()
    expect(resume.opened()).toBeUndefined()
    expect([event(undefined), event(undefined)].map((each) => resume.received(each))).toEqual([
      { kind: 'unknown' },
      undefined,
    ])
  })

  it('is not one just because it has sent no id yet', () => {
    const resume = createResume('')
    resume.opened()
    resume.opened()
    expect(resume.received(event('1'))).toBeUndefined()
  })

  it('is one again after it has reset its id', () => {
    const resume = createResume('')
    resume.opened()
    resume.received(event('1'))
    resume.received(event(''))
    expect([resume.lastEventId, resume.opened()]).toEqual(['', { kind: 'unknown' }])
  })
})

it('trap 14: keeps a seed as its cursor for events without ids', () => {
  const resume = createResume('7')
  resume.opened()
  resume.received(event(undefined))
  expect([resume.lastEventId, resume.opened()]).toEqual(['7', undefined])
})

it('delivers each position once, in order, and declares the rest, whatever a server of ours sends', () => {
  const sends = fc.array(fc.oneof(fc.nat(40), fc.constant('link' as const)), { maxLength: 80 })
  fc.assert(
    fc.property(sends, (steps) => {
      const { resume } = connectedAt('a:0')
      const accounted: number[] = []
      for (const step of steps) {
        if (step === 'link') {
          resume.opened()
          resume.connected(undefined)
          continue
        }
        const result = resume.received(event(`a:${step}`))
        if (result === 'drop') continue
        for (let lost = Number(result?.from?.slice(2)) + 1; lost <= Number(result?.to?.slice(2)); lost++)
          accounted.push(lost)
        accounted.push(step)
      }
      expect(accounted).toEqual(accounted.map((_, index) => index + 1))
    }),
  )
})
