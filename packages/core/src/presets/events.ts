// The events of the presets, for whoever sends them: without reducers, and without the client.
export { createABTestResultsEvent } from './ab-test.ts'
export type { ABTestResultsEvent, ABTestVariant } from './ab-test.ts'
export { createAgentMessage } from './agent-messages.ts'
export type { AgentMessage, AgentMessageOptions } from './agent-messages.ts'
export { createAlertEvent } from './alerts.ts'
export type { AlertEvent, AlertOptions } from './alerts.ts'
export { createAutopilotEvent } from './autopilot.ts'
export type { AutopilotEvent, AutopilotStats, AutopilotStep } from './autopilot.ts'
export { createCampaignMetricsEvent } from './campaign-metrics.ts'
export type { CampaignChange, CampaignMetrics, CampaignMetricsEvent } from './campaign-metrics.ts'
export { createCouncilScoreEvent } from './council-score.ts'
export type {
  CouncilFinalEvent,
  CouncilFinalScore,
  CouncilModel,
  CouncilModelEvent,
  CouncilScoreEvent,
} from './council-score.ts'
export type { FieldsOf } from './create-event.ts'
export { createCreativeEvaluationEvent } from './creative-evaluation.ts'
export type {
  CreativeEvaluationEvent,
  CreativeResult,
  CreativeResultEvent,
  CreativeStage,
  CreativeStageEvent,
} from './creative-evaluation.ts'
export { createGenerationEvent } from './generation.ts'
export type { Cite, GenerationEvent } from './generation.ts'
export { createJobProgressEvent } from './job-progress.ts'
export type { JobProgressEvent } from './job-progress.ts'
export { createLiveMetricsEvent } from './live-metrics.ts'
export type { LiveMetricsEvent } from './live-metrics.ts'
export { createRenderProgressEvent } from './render-progress.ts'
export type { RenderProgressEvent, RenderStage } from './render-progress.ts'
