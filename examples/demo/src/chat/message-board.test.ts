import { createAgentMessage } from '@steadystream/core/presets'
import { describe, expect, it } from 'vitest'
import { agents, commentOn } from './agents.ts'
import { createMessageBoard, keptMs } from './message-board.ts'

describe('the message board', () => {
  it('keeps a message for ten minutes, and not a moment longer', () => {
    const board = createMessageBoard()
    const at = (ms: number) => createAgentMessage('frames', 'Hello', { timestamp: new Date(ms).toISOString() })
    const [first, second] = [at(0), at(60_000)]
    board.add(first)
    board.add(second)
    expect(keptMs).toBe(600_000)
    expect(board.list(keptMs - 1)).toEqual([first, second])
    expect(board.list(keptMs)).toEqual([second])
    // It was deleted, and not left out.
    expect(board.list(0)).toEqual([second])
  })

  it('has a bound', () => {
    const board = createMessageBoard()
    for (let count = 0; count < 1500; count++) board.add(createAgentMessage('frames', String(count)))
    expect(board.list(Date.now())).toHaveLength(1000)
  })
})

describe('the agents', () => {
  const facts = {
    jobs: { waiting: 1, complete: 2, latestTitle: 'Paper hills', latestFrame: '3 of 60' },
    campaign: { name: 'Spring', spend: 50, budget: 200, roas: 1.5, ctr: 0.031 },
    test: { variants: [{ id: 'A', ctr: 0.03 }], confidence: 0.4, winner: undefined },
    links: { connections: 1, events: 12, channels: 1 },
  }

  it('say one thing each, and it is what the facts are', () => {
    const comments = commentOn(facts)
    expect(comments.map(({ agentId }) => agentId)).toEqual(agents.map(({ id }) => id))
    const [frames, budget, split, links] = comments.map(({ content }) => content)
    expect(frames).toContain('3 of 60')
    expect(budget).toContain('25\u00a0% of the budget')
    expect(split).toContain('40.0\u00a0%')
    expect(links).toContain('1 connection is open')
  })

  it('have something to say when nothing has happened', () => {
    const comments = commentOn({ ...facts, jobs: { waiting: 0, complete: 0 }, test: { variants: [], confidence: 0 } })
    expect(comments.every(({ content }) => content.length > 10)).toBe(true)
  })
})
