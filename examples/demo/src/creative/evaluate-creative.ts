import { createCreativeEvaluationEvent } from '@steadystream/core/presets'
import { clichesIn } from '../council/cliches.ts'
import { grade, weigh } from '../text/grade.ts'
import { hookOf, measure } from '../text/measures.ts'
import type { Assignment } from '../runs/assignment.ts'

/** What is evaluated: lengths that fit one kind do not fit another. */
export const creativeTypes = ['script', 'headline', 'caption'] as const
export type CreativeType = (typeof creativeTypes)[number]

interface Stage {
  readonly stage: string
  readonly text: string
  readonly scores: Readonly<Record<string, number>>
}

const lengths: Readonly<Record<CreativeType, readonly [number, number, number, number]>> = {
  script: [10, 50, 160, 400],
  headline: [0, 4, 10, 20],
  caption: [0, 8, 30, 80],
}
/** What asks the viewer to do something. */
const calls = /\b(?:try|start|join|book|get|see|watch|visit|order|download|sign up|come|call|learn|meet|find)\b/iu

/** The stages of an evaluation, in their order; pure. */
export function stagesOf(content: string, type: CreativeType): readonly Stage[] {
  const { words, readingEase, address, feeling, density } = measure(content)
  const hook = hookOf(content)
  const lastWords = content.trim().split(/\s+/).slice(-15).join(' ')
  const call = calls.exec(lastWords)?.[0]
  const worn = clichesIn(content)
  const length = lengths[type]
  return [
    {
      stage: 'form',
      text: `${words} words; a ${type} is best at ${length[1]} to ${length[2]}. Reading ease ${Math.round(readingEase)}.`,
      scores: { length: round(grade(words, length)), ease: round(grade(readingEase, [10, 65, 100, 140])) },
    },
    {
      stage: 'opening',
      text: `It opens with ${hook.words} words${hook.asks ? ', asking' : ''}${hook.addresses ? ', to the viewer' : ''}.`,
      scores: {
        opening: weigh([
          [grade(hook.words, [0, 3, 11, 28]), 1],
          [hook.asks || hook.turns ? 100 : 40, 1],
        ]),
      },
    },
    {
      stage: 'appeal',
      text: `${Math.round(address * 100)} % of the words speak to somebody, ${Math.round(feeling * 100)} % carry a feeling.`,
      scores: {
        address: round(grade(address, [0, 0.05, 0.16, 0.4])),
        feeling: round(grade(feeling, [0, 0.03, 0.14, 0.4])),
      },
    },
    {
      stage: 'originality',
      text: worn.length === 0 ? 'No worn phrase.' : `Worn: ${worn.map((each) => `“${each}”`).join(', ')}.`,
      scores: {
        originality: weigh([
          [grade(worn.length, [-1, 0, 0, 3]), 1],
          [grade(density, [0.4, 0.9, 1, 2]), 1],
        ]),
      },
    },
    {
      stage: 'call to action',
      text: call ? `It ends by asking: “${call.toLowerCase()}”.` : 'The last fifteen words ask for nothing.',
      scores: { call: call ? 100 : 20 },
    },
  ]
}

/** Tells the stages one by one, each first without and then with its scores. */
export async function evaluateCreative(
  { content, type }: { readonly content: string; readonly type: CreativeType },
  { emit, until }: Assignment,
  paceMs: number,
): Promise<void> {
  const stages = stagesOf(content, type)
  for (const [index, { stage, text, scores }] of stages.entries()) {
    await emit(createCreativeEvaluationEvent({ stage, text, isComplete: false }))
    await until((index + 1) * paceMs)
    await emit(createCreativeEvaluationEvent({ stage, text, scores, isComplete: true }))
  }
  const scores: Record<string, number> = Object.assign({}, ...stages.map((each) => each.scores))
  const sorted = Object.entries(scores).sort(([, a], [, b]) => a - b)
  const weakest = sorted[0]
  const score = weigh(Object.values(scores).map((each) => [each, 1]))
  const summary =
    weakest && weakest[1] < 60 ? `Work on this first: ${weakest[0]} (${weakest[1]}).` : 'Nothing stands out as weak.'
  await emit(createCreativeEvaluationEvent({ stage: 'complete', result: { score, scores, summary }, isComplete: true }))
}

const round = (value: number) => Math.round(value * 10) / 10
