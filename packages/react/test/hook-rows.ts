import {
  createABTestResultsEvent,
  createAgentMessage,
  createAlertEvent,
  createAutopilotEvent,
  createCampaignMetricsEvent,
  createCouncilScoreEvent,
  createCreativeEvaluationEvent,
  createGenerationEvent,
  createJobProgressEvent,
  createLiveMetricsEvent,
  createRenderProgressEvent,
  jobProgress,
} from '@steadystream/core/presets'

import { createStreamHook, useSSE, useStream } from '../src/index.ts'
import * as presets from '../src/presets/index.ts'

import type { TransportFactory } from '@steadystream/core'

export interface RowOptions {
  readonly fallback?: readonly TransportFactory[] | undefined
  readonly autoStart?: boolean | undefined
  readonly maxRetries?: number | undefined
}

/** A hook over server-sent events, as the contract knows it. */
export interface HookRow {
  readonly name: string
  /** Calls the hook for a thing of this ID, or for none. */
  readonly use: (id: string | null, options?: RowOptions) => object
  /** What the request for that ID is to end with. */
  readonly path: (id: string) => string
  readonly events: readonly [unknown, unknown]
  /** What of the result is compared. */
  readonly read: (view: never) => unknown
  /** What is read at first, and after each of the events. */
  readonly values: readonly [unknown, unknown, unknown]
  /** Whether it waits to be started. */
  readonly waits?: boolean
}

const row = <View extends object>(
  given: Omit<HookRow, 'use' | 'read'> & {
    readonly use: (id: string | null, options?: RowOptions) => View
    readonly read: (view: View) => unknown
  },
): HookRow => given

const append = (text: string, data: { readonly n: number }) => `${text}${data.n}`
const useJob = createStreamHook(jobProgress)
const at = '2026-01-01T00:00:00.000Z'
const job = (progress: number) =>
  createJobProgressEvent({ jobId: 'a', status: 'processing', stage: 'render', progress, message: '' })
const render = (progress: number) =>
  createRenderProgressEvent({
    jobId: 'a',
    currentFrame: progress * 100,
    totalFrames: 100,
    progress,
    fps: 25,
    estimatedTimeRemaining: 1,
    stage: 'rendering',
  })
const metrics = (clicks: number) => ({ impressions: 100, clicks, ctr: clicks / 100, spend: 1, conversions: 0, roas: 0 })
const campaign = (clicks: number) =>
  createCampaignMetricsEvent({ campaignId: 'a', metrics: metrics(clicks), change: metrics(1) })
const variant = (clicks: number) => ({ id: 'v', clicks, impressions: 100, ctr: 0.1, conversions: 0, confidence: 0.5 })
const council = (thinking: string) =>
  createCouncilScoreEvent({ stage: 'analysis', model: 'gemini', thinking, isComplete: false })
const creative = (text: string) => createCreativeEvaluationEvent({ stage: 'hook', text, isComplete: false })
const alert = (alertId: string) => createAlertEvent('info', 'budget', 'title', 'message', { alertId, timestamp: at })
const message = (id: string) => createAgentMessage('ann', 'hello', { id, timestamp: at })
const ids = (messages: readonly { readonly id: string }[]) => messages.map(({ id }) => id)

/** Every hook of the package that reads server-sent events. */
export const hookRows: readonly HookRow[] = [
  row({
    name: 'useStream',
    use: (id, options) => useStream({ ...options, url: id && `/events/${id}`, reduce: append, initial: '' }),
    path: (id) => `/events/${id}`,
    events: [{ n: 1 }, { n: 2 }],
    read: ({ data }) => data,
    values: ['', '1', '12'],
  }),
  row({
    name: 'useSSE',
    use: (id, options) => useSSE<{ n: number }>(id && `/events/${id}`, { ...options, reconnectInterval: 1000 }),
    path: (id) => `/events/${id}`,
    events: [{ n: 1 }, { n: 2 }],
    read: ({ data }) => data,
    values: [undefined, { n: 1 }, { n: 2 }],
  }),
  row({
    name: 'createStreamHook',
    use: (id, options) => useJob(id === null ? null : { jobId: id }, options),
    path: (id) => `/api/stream/job-progress/${id}`,
    events: [job(0.1), job(0.2)],
    read: ({ data }) => data.progress,
    values: [0, 0.1, 0.2],
  }),
  row({
    name: 'useJobProgress',
    use: (id, options) => presets.useJobProgress(id, options),
    path: (id) => `/api/stream/job-progress/${id}`,
    events: [job(0.1), job(0.2)],
    read: ({ progress, stage }) => [progress, stage],
    values: [
      [0, undefined],
      [0.1, 'render'],
      [0.2, 'render'],
    ],
  }),
  row({
    name: 'useRenderProgressStream',
    use: (id, options) => presets.useRenderProgressStream(id, options),
    path: (id) => `/api/stream/render-progress/${id}`,
    events: [render(0.5), render(0.75)],
    read: ({ progress, currentFrame, totalFrames, estimatedTime, stage }) =>
      [progress, currentFrame, totalFrames, estimatedTime, stage].join(' '),
    values: ['0    ', '0.5 50 100 1 rendering', '0.75 75 100 1 rendering'],
  }),
  row({
    name: 'useCampaignMetricsStream',
    use: (id, options) => presets.useCampaignMetricsStream(id, options),
    path: (id) => `/api/stream/campaign-metrics/${id}`,
    events: [campaign(1), campaign(2)],
    read: (view) => [view.metrics?.clicks, view.change?.clicks],
    values: [
      [undefined, undefined],
      [1, 1],
      [2, 1],
    ],
    waits: true,
  }),
  row({
    name: 'useABTestStream',
    use: (id, options) => presets.useABTestStream(id, options),
    path: (id) => `/api/stream/ab-test-results/${id}`,
    events: [
      createABTestResultsEvent({ testId: 'a', variants: [variant(1)] }),
      createABTestResultsEvent({ testId: 'a', variants: [variant(2)], winner: 'v' }),
    ],
    read: ({ variants, winner }) => [variants[0]?.clicks, winner],
    values: [
      [undefined, undefined],
      [1, undefined],
      [2, 'v'],
    ],
  }),
  row({
    name: 'useCouncilScoreStream',
    use: (id, options) => presets.useCouncilScoreStream(id, 'words', { ...options, features: 'f' }),
    path: (id) => `/api/stream/council-score?videoUrl=${id}&transcript=words&features=f`,
    events: [council('hm'), council('aha')],
    read: ({ stages, currentStage, finalScore }) => [stages['gemini']?.thinking, currentStage, finalScore],
    values: [
      [undefined, undefined, undefined],
      ['hm', 'analysis', undefined],
      ['aha', 'analysis', undefined],
    ],
    waits: true,
  }),
  row({
    name: 'useCreativeEvaluationStream',
    use: (id, options) => presets.useCreativeEvaluationStream(id, 'script', options),
    path: (id) => `/api/stream/evaluate-creative?content=${id}&type=script`,
    events: [creative('a'), creative('ab')],
    read: ({ stages, currentStage }) => [stages['hook']?.text, currentStage],
    values: [
      [undefined, undefined],
      ['a', 'hook'],
      ['ab', 'hook'],
    ],
    waits: true,
  }),
  row({
    name: 'useLiveMetrics',
    use: (id, options) => presets.useLiveMetrics(id, 'campaign', options),
    path: (id) => `/api/stream/live-metrics/campaign/${id}`,
    events: [1, 2].map((views) =>
      createLiveMetricsEvent({ entityId: 'a', entityType: 'campaign', metrics: { views } }),
    ) as [unknown, unknown],
    read: (view) => view.metrics,
    values: [undefined, { views: 1 }, { views: 2 }],
  }),
  row({
    name: 'useRealtimeAlerts',
    use: (id, options) => presets.useRealtimeAlerts(id, options),
    path: (id) => `/api/stream/alerts/${id}`,
    events: [alert('x'), alert('y')],
    read: (view) => view.alerts.map(({ alertId }) => alertId),
    values: [[], ['x'], ['y', 'x']],
  }),
  row({
    name: 'useAutopilotStream',
    use: (id, options) => presets.useAutopilotStream(id, options),
    path: (id) => `/api/autopilot/stream?taskId=${id}`,
    events: [
      createAutopilotEvent({ step: 'search', progress: 10 }),
      createAutopilotEvent({ step: 'outline', progress: 60 }),
    ],
    read: ({ step, progress }) => [step, progress],
    values: [
      [undefined, 0],
      ['search', 10],
      ['outline', 60],
    ],
  }),
  row({
    name: 'useGenerationStream',
    use: (id, options) => presets.useGenerationStream(id, options),
    path: (id) => `/api/generation/stream?streamId=${id}`,
    events: [
      createGenerationEvent({ blockId: 'b', delta: 'Once ' }),
      createGenerationEvent({ blockId: 'b', delta: 'upon' }),
    ],
    read: ({ blocks }) => blocks.map(({ text }) => text),
    values: [[], ['Once '], ['Once upon']],
  }),
  row({
    name: 'useChatStream',
    use: (id, options) => presets.useChatStream({ ...options, key: id ?? '', enabled: id !== null }),
    path: () => '/api/chat/stream',
    events: [message('x'), message('y')],
    read: ({ messages }) => ids(messages),
    values: [[], ['x'], ['x', 'y']],
  }),
  row({
    name: 'useRealtimeAgentMessages',
    // Its transports are its own.
    use: (id, { fallback: _, ...options } = {}) =>
      presets.useRealtimeAgentMessages({ ...options, key: id ?? '', enabled: id !== null, agentIds: ['ann'] }),
    path: () => '/api/chat/stream',
    events: [message('x'), message('y')],
    read: ({ messages, isRealtime }) => [ids(messages), isRealtime],
    values: [
      [[], false],
      [['x'], true],
      [['x', 'y'], true],
    ],
  }),
]
