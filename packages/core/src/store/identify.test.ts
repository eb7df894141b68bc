import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as v from 'valibot'

import { createStreamManager } from '../manager.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { identify } from './identify.ts'

const same = (a: unknown, b: unknown) => identify(a) === identify(b)

describe('identify', () => {
  test('takes what is written in place for the same, whatever the order', () => {
    expect(same({ a: 1, b: { c: [true, null] } }, { b: { c: [true, null] }, a: 1, d: undefined })).toBe(true)
    expect(same({ a: 1 }, { a: '1' })).toBe(false)
    expect(same([1, 2], [2, 1])).toBe(false)
    expect(same(new URL('https://a.test/b'), 'https://a.test/b')).toBe(true)
    expect(same({ maxRetries: Infinity }, { maxRetries: 3 })).toBe(false)
  })

  test('compares headers by what they say', () => {
    const named = (headers: HeadersInit) => ({ headers, manager: undefined })
    expect(same(named({ 'X-User': 'a' }), named(new Headers({ 'x-user': 'a' })))).toBe(true)
    expect(same(named([['X-User', 'a']]), named({ 'X-User': 'b' }))).toBe(false)
  })

  test('leaves alone what somebody else calls headers', () => {
    const table = (headers: unknown) => ({ body: { headers }, manager: undefined })
    expect(same(table(['to', 'from']), table(['to', 'from']))).toBe(true)
    expect(same(table({ size: { min: 1 } }), table({ size: { min: 2 } }))).toBe(false)
  })

  test('takes functions, and objects of a class, for the same only if they are identical', () => {
    const make = () => () => 1
    const one = make()
    expect([same({ one }, { one }), same({ one }, { one: make() })]).toEqual([true, false])
    expect(same(new AbortController(), new AbortController())).toBe(false)
    expect(same(new Blob(['a']), new Blob(['a']))).toBe(false)
  })

  test('knows a clock again that has gone on, and tells managers apart', async () => {
    const clock = createManualClock()
    const before = identify({ clock })
    clock.after(5, () => {})
    expect(identify({ clock })).toBe(before)
    expect(same(createStreamManager(), createStreamManager())).toBe(false)
  })

  test('tells schemas apart, and knows them again', () => {
    const schemas = [z.object({ a: z.string() }), z.object({ a: z.number() }), v.string(), v.object({ a: v.string() })]
    const names = schemas.map((schema) => identify({ schema }))
    expect(new Set(names).size).toBe(schemas.length)
    expect(schemas.map((schema) => identify({ schema }))).toEqual(names)
    const lazy: z.ZodType = z.lazy(() => z.array(lazy))
    expect(identify({ lazy })).toBe(identify({ lazy }))
  })
})
