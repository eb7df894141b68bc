import { createCouncilScoreEvent } from '@steadystream/core/presets'
import { evaluators, seats } from './evaluators.ts'
import { finalScoreOf } from './final-score.ts'
import type { Assignment } from '../runs/assignment.ts'
import type { Seat } from './evaluators.ts'
import type { RemoteEvaluator } from './remote-evaluator.ts'
import type { Script, Verdict } from './script.ts'

export interface CouncilOptions {
  /** Milliseconds between two thoughts. Measuring takes less than a millisecond; people read more slowly. */
  readonly paceMs: number
  /** Takes the seat of `gpt4`, if there is one. */
  readonly remote?: RemoteEvaluator | undefined
}

/** Lets the four judge a script side by side; each event holds all that one has thought so far. */
export async function holdCouncil(
  script: Script,
  { emit, until, signal }: Assignment,
  { paceMs, remote }: CouncilOptions,
): Promise<void> {
  async function hear(seat: Seat, index: number): Promise<[Seat, number]> {
    // They begin one after the other, so that the page tells them apart.
    const beginMs = (index * paceMs) / 2
    await until(beginMs)
    const tell = (thinking: string) =>
      emit(createCouncilScoreEvent({ stage: seat, model: seat, thinking, isComplete: false }), seat)
    const verdict =
      seat === 'gpt4' && remote
        ? await remote(script, tell, signal).catch(() => think(evaluators[seat](script), tell, beginMs))
        : await think(evaluators[seat](script), tell, beginMs)
    const { thoughts, score, reasoning } = verdict
    const thinking = thoughts.join(' ')
    await emit(
      createCouncilScoreEvent({ stage: seat, model: seat, thinking, score, reasoning, isComplete: true }),
      seat,
    )
    return [seat, score]
  }

  async function think(verdict: Verdict, tell: (thinking: string) => Promise<void>, beginMs: number): Promise<Verdict> {
    for (const index of verdict.thoughts.keys()) {
      await tell(verdict.thoughts.slice(0, index + 1).join(' '))
      await until(beginMs + (index + 1) * paceMs)
    }
    return verdict
  }

  const heard = await Promise.all(seats.map(hear))
  // Each seat is in the list once.
  const scores = Object.fromEntries(heard) as Record<Seat, number>
  await emit(createCouncilScoreEvent({ stage: 'complete', finalScore: finalScoreOf(scores), isComplete: true }))
}
