import { createCouncilScoreEvent } from '@steadystream/core/presets'
import { pause } from '../runs/pause.ts'
import { evaluators, seats } from './evaluators.ts'
import { finalScoreOf } from './final-score.ts'
import type { Produce } from '../runs/runs.ts'
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
export function holdCouncil(script: Script, { paceMs, remote }: CouncilOptions): Produce {
  return async (emit, signal) => {
    async function hear(seat: Seat): Promise<[Seat, number]> {
      const tell = (thinking: string) =>
        emit(createCouncilScoreEvent({ stage: seat, model: seat, thinking, isComplete: false }))
      const verdict =
        seat === 'gpt4' && remote
          ? await remote(script, tell, signal).catch(() => think(evaluators[seat](script), tell))
          : await think(evaluators[seat](script), tell)
      const { thoughts, score, reasoning } = verdict
      const thinking = thoughts.join(' ')
      await emit(createCouncilScoreEvent({ stage: seat, model: seat, thinking, score, reasoning, isComplete: true }))
      return [seat, score]
    }

    async function think(verdict: Verdict, tell: (thinking: string) => Promise<void>): Promise<Verdict> {
      let thinking = ''
      for (const thought of verdict.thoughts) {
        thinking = thinking === '' ? thought : `${thinking} ${thought}`
        await tell(thinking)
        await pause(paceMs, signal)
      }
      return verdict
    }

    // They begin one after the other, so that the page tells them apart.
    const heard = await Promise.all(
      seats.map(async (seat, index) => {
        await pause((index * paceMs) / 2, signal)
        return hear(seat)
      }),
    )
    // Each seat is in the list once.
    const scores = Object.fromEntries(heard) as Record<Seat, number>
    await emit(createCouncilScoreEvent({ stage: 'complete', finalScore: finalScoreOf(scores), isComplete: true }))
  }
}
