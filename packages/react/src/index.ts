export { createStreamHook } from './create-stream-hook.ts'
export type { DefinedStreamHookOptions, StreamHook } from './create-stream-hook.ts'
export type {
  ComponentHandlers,
  ReducedStreamHookOptions,
  Selecting,
  SharingOptions,
  StreamHookOptions,
} from './hook-options.ts'
export { StreamProvider } from './stream-provider.ts'
export type { StreamProviderProps } from './stream-provider.ts'
export { useChannel } from './use-channel.ts'
export type { ChannelHookOptions, ChannelView, LoadedState, ReducedChannelHookOptions } from './use-channel.ts'
export { useConnectionState } from './use-connection-state.ts'
export { useSSE } from './use-sse.ts'
export type { ReconnectOptions, SSEHookOptions } from './use-sse.ts'
export { useStream } from './use-stream.ts'
export type { StreamView } from './use-stream.ts'
export { useWebSocket } from './use-web-socket.ts'
export type { WebSocketHookOptions, WebSocketView } from './use-web-socket.ts'
