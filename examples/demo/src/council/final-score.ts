import { weigh } from '../text/grade.ts'
import type { CouncilFinalScore } from '@steadystream/core/presets'
import type { Seat } from './evaluators.ts'

/** What the four verdicts come to. */
export function finalScoreOf(scores: Readonly<Record<Seat, number>>): CouncilFinalScore {
  return {
    composite: weigh([
      [scores.gemini, 1],
      [scores.claude, 1],
      [scores.gpt4, 1.5],
      [scores.perplexity, 1],
    ]),
    psychology: { composite: scores.claude },
    hookStrength: { strength: scores.gpt4 },
    novelty: { composite: scores.perplexity },
  }
}
