import { expect, test } from 'vitest'
import { callAll } from './call-all.ts'

test('calls all of them though some throw, then throws what the first threw', () => {
  const called: number[] = []
  const fail = (n: number) => () => {
    called.push(n)
    throw new Error(`number ${n}`)
  }
  expect(() => callAll([() => called.push(0), fail(1), fail(2), () => called.push(3)])).toThrow('number 1')
  expect(called).toEqual([0, 1, 2, 3])
})

test('waits only where there is a promise', async () => {
  expect(callAll([() => 1, () => undefined])).toBeUndefined()
  await expect(callAll([() => 1, () => Promise.resolve(2)])).resolves.toEqual([2])
  await expect(callAll([() => Promise.reject(new Error('later'))])).rejects.toThrow('later')
})
