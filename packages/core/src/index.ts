export { createChannelClient } from './channels/channel-client.ts'
export type { ChannelClientOptions } from './channels/channel-client.ts'
export type { ChannelHandlers, ChannelMeta, ChannelOptions, ChannelPlace } from './channels/channel-handlers.ts'
export type { ChannelName } from './channels/channel-name.ts'
export type { ChannelClient, ChannelSubscription } from './channels/open-channels.ts'
export type { Published } from './channels/publishing.ts'
export { createEnhancedSSEStream, createStream } from './create-stream.ts'
export type { EnhancedStreamConfig, StreamOptions } from './create-stream.ts'
export type { Clock } from './env.ts'
export { StreamError } from './errors.ts'
export type { StreamErrorCode, StreamErrorDetails } from './errors.ts'
export { eventSchemas } from './event-schemas.ts'
export type {
  EventHandlers,
  EventMeta,
  EventsOf,
  RawEvent,
  StateChange,
  StreamEvent,
  StreamHandlers,
} from './handlers.ts'
export type { ConnectionState, StateReason } from './machine.ts'
export { createStreamManager, streamManager } from './manager.ts'
export type { ConnectionInfo, ManagerDefaults, ManagerEvents, StreamManager } from './manager.ts'
export type { Stream } from './open-stream.ts'
export type {
  ConnectionOptions,
  Persistence,
  Provided,
  RequestOptions,
  StreamConfig,
  SubscriberOptions,
} from './options.ts'
export type { Gap } from './resume.ts'
export type { EventSchema, Schema } from './schema.ts'
export type { StreamStats } from './stats.ts'
export { shareAcrossTabs, shareChannelsAcrossTabs } from './tabs/share-across-tabs.ts'
export type { TabOptions } from './tabs/share-across-tabs.ts'
export { polling } from './transports/polling.ts'
export type { ParsedPollingOptions, PollingOptions } from './transports/polling.ts'
export type { ParseAnswer, PollItem } from './transports/polling-items.ts'
export { sse } from './transports/sse.ts'
export type { Link, TabSharing, Transport, TransportFactory } from './transports/transport.ts'
export { webSocket } from './transports/websocket.ts'
export type { WebSocketOptions, WebSocketTransport } from './transports/websocket.ts'
