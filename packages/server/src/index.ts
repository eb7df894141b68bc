export {
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
} from '@steadystream/core/events'
export { memoryBackplane } from './backplanes/memory.ts'
export { ChannelEvent } from './channel-event.ts'
export { createRealtime, getChannelManager } from './create-realtime.ts'
export { RealtimeError } from './errors.ts'
export type {
  Backplane,
  BackplaneStats,
  Failure,
  Page,
  PublishOptions,
  ReadRange,
  Receiver,
} from './backplanes/backplane.ts'
export type { Channel } from './channel.ts'
export type { ChannelManager, ChannelOf } from './channel-manager.ts'
export type { ChannelRoute } from './channel-request.ts'
export type { ClientPublish } from './client-publish.ts'
export type { CloseOptions, Realtime } from './create-realtime.ts'
export type { CorsOptions } from './cors.ts'
export type { RealtimeErrorCode } from './errors.ts'
export type { HttpRequest, HttpResponse } from './http-messages.ts'
export type { Logger } from './logger.ts'
export type {
  BackplaneFailure,
  BackplaneStage,
  EventPublished,
  RealtimeHooks,
  RequestRefused,
  SessionClosed,
  SessionOpened,
} from './observe/hooks.ts'
export type { HistoryOptions, LimitOptions, RealtimeOptions } from './options.ts'
export type { Action, Authenticate, Authorize, Principal, RealtimeRequest } from './principal.ts'
export type { FetchRoute } from './adapters/fetch.ts'
export type { Producer, Send, SendOptions, StreamOptions } from './adapters/node-stream.ts'
export type { StatsRoute } from './adapters/node-stats.ts'
export type { FetchStatsRoute, StatsMethod } from './adapters/stats-method.ts'
export type { FetchStreamOptions, StreamMethod } from './adapters/stream-method.ts'
export type { CloseReason } from './session-setup.ts'
export type { SessionView } from './session-view.ts'
export type { Shape } from './shape.ts'
export type { ClientStats, RealtimeHealth, RealtimeStats, RealtimeStatus, TransportStats } from './stats.ts'
export type { ChannelExtent } from './resume.ts'
export type { TransportName } from './transports/wire.ts'
export type { WebSocketRoute } from './transports/websocket.ts'
