import { jobProgress } from '@steadystream/core/presets'
import { act, render, renderHook } from '@testing-library/react'
import { startTransition, StrictMode, Suspense, useState } from 'react'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'

import { createStreamHook } from './create-stream-hook.ts'
import { useSSE } from './use-sse.ts'
import { useStream } from './use-stream.ts'
import { setUp, url } from '../test/scripted-hooks.ts'

const count = (state: { readonly all: number; readonly even: number }, data: string) => ({
  all: state.all + 1,
  even: state.even + (Number(data) % 2 === 0 ? 1 : 0),
})
const initial = { all: 0, even: 0 }

test('renders again only if what is selected is another value, though the selector is written in place', async () => {
  const { options, scripted, pass } = setUp()
  let renders = 0
  const { result } = renderHook(() => {
    renders++
    return useStream({ ...options, reduce: count, initial, select: ({ even }) => even })
  })
  await pass()
  renders = 0
  for (const n of [1, 2, 3, 5, 7]) {
    scripted.connection(0).push(String(n))
    await pass()
  }
  expect([result.current.data, renders]).toEqual([1, 1])
  expectTypeOf(result.current.data).toEqualTypeOf<number>()
})

test('gives the same view as long as what is selected stays, though the selector is written in place', async () => {
  const { options, scripted, pass } = setUp()
  const { result, rerender } = renderHook(
    ({ name }: { readonly name: 'all' | 'even' }) =>
      useStream({ ...options, reduce: count, initial, select: (state) => state[name] }),
    { initialProps: { name: 'even' }, wrapper: StrictMode },
  )
  await pass()
  scripted.connection(0).push('1')
  await pass()
  const before = result.current
  rerender({ name: 'even' })
  expect(result.current).toBe(before)
  rerender({ name: 'all' })
  expect(result.current.data).toBe(1)
})

test('switches within a transition, and beside what suspends', async () => {
  const { options, scripted, pass } = setUp()
  const never = new Promise<void>(() => {})
  const setters: ((at: string) => void)[] = []
  let isWaiting = true
  function Slow() {
    // Suspense waits for what is thrown.
    // oxlint-disable-next-line typescript/only-throw-error
    if (isWaiting) throw never
    return null
  }
  function Shown() {
    const [at, setAt] = useState(url)
    setters.push(setAt)
    const { data } = useStream<string>({ ...options, url: at })
    return <p>{`${at.at(-1)} ${data ?? 'nothing'}`}</p>
  }
  const { container } = render(
    <>
      <Shown />
      <Suspense fallback={null}>
        <Slow />
      </Suspense>
    </>,
  )
  await pass()
  scripted.connection(0).push('first')
  await pass()
  expect(container.textContent).toBe('a first')
  act(() => startTransition(() => setters[0]?.(`${url}/b`)))
  expect(container.textContent).toBe('b nothing')
  await pass()
  scripted.connection(1).push('second')
  await pass(1000)
  expect([container.textContent, scripted.openConnections]).toEqual(['b second', 1])
  isWaiting = false
})

test('takes the types of data from the schema, the definition or the reducer', () => {
  const schema = z.object({ price: z.number() })
  const useJob = createStreamHook(jobProgress)
  function useTyped() {
    const sse = useSSE(null, { schema, onMessage: ({ price }) => price.toFixed() })
    expectTypeOf(sse.data).toEqualTypeOf<{ price: number } | undefined>()
    const job = useJob(null, { select: ({ progress }) => progress })
    expectTypeOf(job.data).toEqualTypeOf<number>()
    const price = useStream({ url: null, schema, select: (latest) => latest?.price })
    expectTypeOf(price.data).toEqualTypeOf<number | undefined>()
    const known = useStream<{ readonly n: number }, boolean>({ url: null, select: (latest) => latest?.n === 1 })
    expectTypeOf(known.data).toEqualTypeOf<boolean>()
    return job.data
  }
  function useMisuse() {
    // @ts-expect-error -- a job has a jobId
    useJob({ taskId: 'a' })
    // @ts-expect-error -- there is no such option
    useSSE(null, { retries: 3 })
  }
  expectTypeOf(useMisuse).returns.toBeVoid()
  expect(renderHook(useTyped).result.current).toBe(0)
})
