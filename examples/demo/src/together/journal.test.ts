import { memoryBackplane } from '@steadystream/server'
import { describe, expect, it } from 'vitest'
import { openJournal } from './journal.ts'
import type { Backplane } from '@steadystream/server'

/** A process that writes down what it takes. */
async function openOne(backplane: Backplane) {
  const taken: string[] = []
  const journal = await openJournal<string>({
    backplane,
    name: 'test',
    take: ({ entry, offset, isNew }) => void taken.push(`${offset} ${entry}${isNew ? '' : ' (before)'}`),
    onFailure: (error) => void taken.push(String(error)),
  })
  return { journal, taken }
}

describe('a journal', () => {
  it('is taken in one order by all, also by who comes later', async () => {
    const backplane = memoryBackplane()
    const [one, other] = [await openOne(backplane), await openOne(backplane)]
    await Promise.all([one.journal.append('a'), other.journal.append('b'), one.journal.append('c')])
    const late = await openOne(backplane)
    await late.journal.append('d')
    expect(one.taken).toEqual(['1 a', '2 b', '3 c', '4 d'])
    expect(other.taken).toEqual(one.taken)
    expect(late.taken).toEqual(['1 a (before)', '2 b (before)', '3 c (before)', '4 d'])
  })

  it('goes on where its beginning is gone from history', async () => {
    const backplane = memoryBackplane({ size: 2 })
    const early = await openOne(backplane)
    for (const entry of ['a', 'b', 'c']) await early.journal.append(entry)
    const late = await openOne(backplane)
    await late.journal.append('d')
    expect(late.taken).toEqual(['2 b (before)', '3 c (before)', '4 d'])
  })

  it('brings what a process was not told of, when it asks', async () => {
    const shared = memoryBackplane()
    // Subscribed, and never told of anything: what comes is read.
    const deaf: Backplane = { ...shared, subscribe: async () => () => {} }
    const [one, other] = [await openOne(shared), await openOne(deaf)]
    await one.journal.append('a')
    expect(other.taken).toEqual([])
    await other.journal.catchUp()
    await other.journal.append('b')
    expect(other.taken).toEqual(['1 a', '2 b'])
  })

  it('outlives an entry that cannot be taken', async () => {
    const backplane = memoryBackplane()
    const { journal, taken } = await openOne(backplane)
    await backplane.publish('demo:test', '{')
    await journal.append('a')
    expect(taken).toEqual([expect.stringContaining('SyntaxError'), '2 a'])
  })
})
