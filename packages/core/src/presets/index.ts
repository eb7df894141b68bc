export { abTest, createABTestResultsEvent } from './ab-test.ts'
export type { ABTestResultsEvent, ABTestState, ABTestVariant } from './ab-test.ts'
export { agentMessages, createAgentMessage, maxMessagesPerAgent } from './agent-messages.ts'
export type { AgentMessage, AgentMessageOptions, AgentMessagesState } from './agent-messages.ts'
export { alerts, createAlertEvent, dismissAlert, maxAlerts } from './alerts.ts'
export type { AlertEvent, AlertOptions, AlertsState } from './alerts.ts'
export { autopilot, createAutopilotEvent } from './autopilot.ts'
export type { AutopilotEvent, AutopilotState, AutopilotStats, AutopilotStep } from './autopilot.ts'
export { campaignMetrics, createCampaignMetricsEvent } from './campaign-metrics.ts'
export type { CampaignChange, CampaignMetrics, CampaignMetricsEvent, CampaignMetricsState } from './campaign-metrics.ts'
export { councilScore, createCouncilScoreEvent } from './council-score.ts'
export type {
  CouncilFinalEvent,
  CouncilFinalScore,
  CouncilModel,
  CouncilModelEvent,
  CouncilScoreEvent,
  CouncilScoreParams,
  CouncilScoreState,
  CouncilStage,
} from './council-score.ts'
export { createAutopilotStream } from './create-autopilot-stream.ts'
export { createDefinedStream } from './create-defined-stream.ts'
export type { FieldsOf } from './create-event.ts'
export { createGenerationStream } from './create-generation-stream.ts'
export { createCreativeEvaluationEvent, creativeEvaluation } from './creative-evaluation.ts'
export type {
  CreativeEvaluationEvent,
  CreativeEvaluationParams,
  CreativeEvaluationState,
  CreativeResult,
  CreativeResultEvent,
  CreativeStage,
  CreativeStageEvent,
} from './creative-evaluation.ts'
export { defineStream } from './define-stream.ts'
export type { DefinedChannel, StreamDefinition } from './define-stream.ts'
export { createGenerationEvent, generation } from './generation.ts'
export type { Cite, GenerationBlock, GenerationEvent, GenerationState } from './generation.ts'
export { createJobProgressEvent, jobProgress } from './job-progress.ts'
export type { JobProgressEvent, JobProgressState } from './job-progress.ts'
export { createLiveMetricsEvent, liveMetrics } from './live-metrics.ts'
export type { LiveMetricsEvent, LiveMetricsState } from './live-metrics.ts'
export { createRenderProgressEvent, renderProgress } from './render-progress.ts'
export type { RenderProgressEvent, RenderProgressState, RenderStage } from './render-progress.ts'
