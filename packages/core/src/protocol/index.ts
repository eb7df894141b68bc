export { closeCodes, reconnectsAfter } from './close-codes.ts'
export type { CloseCode } from './close-codes.ts'
export { controlEvents, isControlEvent } from './control-events.ts'
export type { CloseMessage, ConnectedMessage, GapMessage } from './control-events.ts'
export { subprotocol } from './envelope.ts'
export type {
  AuthenticatedEnvelope,
  ClientEnvelope,
  CloseEnvelope,
  CompleteEnvelope,
  ConnectedEnvelope,
  ErrorEnvelope,
  EventEnvelope,
  GapEnvelope,
  PollAnswer,
  PublishedEnvelope,
  ServerEnvelope,
  SubscribedEnvelope,
  UnsubscribedEnvelope,
} from './envelope.ts'
export { formatPosition, parsePosition } from './position.ts'
export type { Position } from './position.ts'
export { formatSseBlock, formatSseComment } from './sse-format.ts'
export type { SseBlock } from './sse-format.ts'
