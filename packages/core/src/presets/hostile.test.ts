import { array, assert, constant, constantFrom, double, jsonValue, oneof, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { reduceAll } from '../../test/support/reduce-all.ts'
import * as presets from './index.ts'

import type { StreamDefinition } from './index.ts'

const fields = { jobId: 'j', status: 'processing', stage: 'render', progress: 0.5, message: 'm' }
const frames = { currentFrame: 1, totalFrames: 2, fps: 3, estimatedTimeRemaining: 4, stage: 'rendering' as const }
const metrics = { impressions: 1, clicks: 2, ctr: 3, spend: 4, conversions: 5, roas: 6 }
const variant = { id: 'a', clicks: 1, impressions: 2, ctr: 3, conversions: 4, confidence: 5 }
const isPart = { isComplete: false }
const finalScore = {
  composite: 1,
  psychology: { composite: 2 },
  hookStrength: { strength: 3 },
  novelty: { composite: 4 },
}
const result = { score: 1, scores: { a: 1 }, summary: 's' }

/** One of any types: each event that is sent to it here is a guess. */
interface Definition extends Pick<StreamDefinition<never, never, object>, 'name' | 'isComplete'> {
  readonly initial: object
  readonly reduce: (state: never, event: never) => object
}

const statesOf = (definition: Definition, events: readonly unknown[]) =>
  reduceAll(definition as unknown as Pick<StreamDefinition<never, unknown, object>, 'initial' | 'reduce'>, events)

/** Every definition, with events that its server sends. */
const samples: [Definition, unknown[]][] = [
  [presets.jobProgress, [presets.createJobProgressEvent(fields)]],
  [presets.renderProgress, [presets.createRenderProgressEvent({ ...fields, ...frames })]],
  [presets.campaignMetrics, [presets.createCampaignMetricsEvent({ campaignId: 'c', metrics, change: metrics })]],
  [presets.abTest, [presets.createABTestResultsEvent({ testId: 't', variants: [variant], winner: 'a' })]],
  [presets.liveMetrics, [presets.createLiveMetricsEvent({ entityId: 'c', entityType: 'campaign', metrics })]],
  [
    presets.alerts,
    [
      presets.createAlertEvent('info', 'c', 't', 'm', { entityId: 'e', entityType: 't' }),
      presets.createAlertEvent('info', '', '', ''),
    ],
  ],
  [presets.agentMessages, [presets.createAgentMessage('a', 'c'), presets.createAgentMessage('b', 'c')]],
  [
    presets.autopilot,
    [
      presets.createAutopilotEvent({
        step: 'done',
        progress: 9,
        stats: { hits: 1, verified: 2, sections: 3 },
        docId: 'd',
        message: 'm',
      }),
    ],
  ],
  [
    presets.generation,
    [
      presets.createGenerationEvent({
        blockId: 'a',
        delta: '',
        cites: [{ key: 'k', source: 's' }],
        done: true,
        error: 'e',
      }),
    ],
  ],
  [
    presets.councilScore,
    [
      presets.createCouncilScoreEvent({
        stage: 's',
        model: 'gemini',
        thinking: 't',
        score: 1,
        reasoning: 'r',
        ...isPart,
      }),
      presets.createCouncilScoreEvent({ stage: 'complete', finalScore, isComplete: true }),
    ],
  ],
  [
    presets.creativeEvaluation,
    [
      presets.createCreativeEvaluationEvent({ stage: 's', text: 't', scores: { a: 1 }, ...isPart }),
      presets.createCreativeEvaluationEvent({ stage: 'complete', result, isComplete: true }),
    ],
  ],
]

/** What a server may send instead of a value: any JSON, and numbers that are none. */
const junk = oneof(
  jsonValue(),
  constantFrom<unknown>(undefined, null, '', 0, NaN, {}, [], [null], '__proto__', 'constructor'),
  double(),
  constant(Infinity),
)

/** These events, some as they are, others with one value somewhere replaced, or replaced as a whole. */
const hostile = (events: readonly unknown[]) => {
  const spoilt = record({
    event: constantFrom(...events),
    at: array(jsonValue(), { minLength: 1, maxLength: 3 }),
    junk,
  })
  return oneof(
    constantFrom(...events),
    junk,
    spoilt.map(({ event, at, junk: value }) =>
      spoil(
        event,
        at.map((each) => JSON.stringify(each).length),
        value,
      ),
    ),
  )
}

/** Replaces one value, going down by the numbers of the keys; where they lead on from a leaf, the leaf. */
function spoil(event: unknown, [at = 0, ...deeper]: readonly number[], value: unknown): unknown {
  const keys = typeof event === 'object' && event ? Object.keys(event) : []
  const key = keys[at % (keys.length || 1)]
  if (key === undefined) return value
  const copy = (Array.isArray(event) ? [...event] : { ...Object(event) }) as Record<string, unknown>
  copy[key] = deeper.length ? spoil(copy[key], deeper, value) : value
  return copy
}

/** The kinds of value that stand under each name. */
function kindsByName(value: unknown, kinds = new Map<string, Set<string>>()): Map<string, Set<string>> {
  if (typeof value !== 'object' || !value) return kinds
  for (const [name, each] of Object.entries(value)) {
    if (!/^\d+$/.test(name)) kinds.set(name, (kinds.get(name) ?? new Set()).add(kindOf(each)))
    kindsByName(each, kinds)
  }
  return kinds
}

const kindOf = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isFinite(value) ? 'finite' : typeof value

describe.each(samples)('$name', (definition, events) => {
  const untouched = JSON.stringify(definition.initial)
  const known = kindsByName([definition.initial, ...statesOf(definition, events)])
  // Where an optional field is left out, and what a database writes for it.
  const optional = ['undefined', ...(definition === presets.alerts ? ['null'] : [])]

  it('takes in its own events', () => {
    const states = statesOf(definition, events)
    expect(new Set(states).size).toBe(events.length)
    expect(states).not.toContain(definition.initial)
  })

  it('holds nothing that is not of its kind, whatever is sent, and changes nothing in place', () => {
    assert(
      property(array(hostile(events), { maxLength: 8 }), (sent) => {
        for (const state of statesOf(definition, sent)) {
          for (const [name, kinds] of kindsByName(state)) {
            const allowed = known.get(name)
            if (allowed) expect([...allowed, ...optional], name).toEqual(expect.arrayContaining([...kinds]))
          }
        }
        expect(JSON.stringify(definition.initial)).toBe(untouched)
      }),
      { numRuns: 300 },
    )
  })

  it('stays the same object when the last event comes again', () => {
    assert(
      property(array(hostile(events), { minLength: 1, maxLength: 8 }), (sent) => {
        const again = structuredClone(sent.at(-1))
        const states = statesOf(definition, [...sent, again])
        // Deltas of a text have no ids.
        const isDelta = definition === presets.generation && !!Object(sent.at(-1)).delta
        if (!isDelta) expect(states.at(-1)).toBe(states.at(-2))
      }),
      { numRuns: 300 },
    )
  })

  it('is asked about any event without harm', () => {
    assert(
      property(hostile(events), (sent) => {
        // To throw means no, by contract; an answer that is none would not.
        const answer = () => definition.isComplete?.(sent as never)
        const isNothing = sent === null || sent === undefined
        if (isNothing && definition.isComplete) expect(answer).toThrow(TypeError)
        else expect([true, false, undefined]).toContain(answer())
      }),
    )
  })
})

it('covers every definition', () => {
  const all = Object.values(presets).filter((each) => typeof each === 'object')
  expect(new Set(samples.map(([definition]) => definition))).toEqual(new Set(all))
})
