import fc from 'fast-check'
import { expect, it } from 'vitest'

import { createDeliveryBuffer } from './delivery.ts'

it('is full from its bound on, until half of it is free', () => {
  const buffer = createDeliveryBuffer<number>({ maxBufferedEvents: 4, maxBufferedSize: 1000 }, () => 1)
  const seen: boolean[] = []
  for (const item of [1, 2, 3, 4, 5]) {
    buffer.push(item)
    seen.push(buffer.isFull)
  }
  while (buffer.length > 0) {
    buffer.shift()
    seen.push(buffer.isFull)
  }
  expect(seen).toEqual([false, false, false, true, true, true, true, true, false, false])
})

it('is full at its size, too, and takes one item over it', () => {
  const buffer = createDeliveryBuffer<string>({ maxBufferedEvents: 100, maxBufferedSize: 5 }, ({ length }) => length)
  buffer.push('large')
  expect(buffer.isFull).toBe(true)
  expect(buffer.shift()).toBe('large')
  expect(buffer.isFull).toBe(false)
})

it('is empty and not full once cleared', () => {
  const buffer = createDeliveryBuffer<number>({ maxBufferedEvents: 1, maxBufferedSize: 10 }, () => 1)
  buffer.push(1)
  buffer.clear()
  expect([buffer.isFull, buffer.length, buffer.shift()]).toEqual([false, 0, undefined])
})

it('gives back everything in order, whatever the pushes and shifts', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(2000), fc.constant('shift')), { maxLength: 1200 }), (steps) => {
      const buffer = createDeliveryBuffer<number>({ maxBufferedEvents: 5, maxBufferedSize: 4000 }, (size) => size)
      const model: number[] = []
      for (const step of steps) {
        if (step === 'shift') expect(buffer.shift()).toBe(model.shift())
        else {
          buffer.push(step)
          model.push(step)
        }
        const size = model.reduce((sum, item) => sum + item, 0)
        expect(buffer.length).toBe(model.length)
        if (model.length >= 5 || size >= 4000) expect(buffer.isFull).toBe(true)
        if (model.length === 0) expect(buffer.isFull).toBe(false)
      }
    }),
    { numRuns: 50 },
  )
})
