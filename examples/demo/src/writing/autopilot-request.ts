import { verifyLevels } from './verify.ts'
import type { VerifyLevel } from './verify.ts'

/** What `POST /api/autopilot` takes; only the topic has to be there. */
export interface AutopilotRequest {
  readonly topic: string
  readonly verifyLevel: VerifyLevel
  readonly allowPreprint: boolean
  readonly useStyle: boolean
}

const maxTopicLength = 200

/** The request, or in words what is wrong with it. */
export function readAutopilotRequest(body: unknown): AutopilotRequest | string {
  if (typeof body !== 'object' || body === null) return 'The body must be a JSON object.'
  const { topic, verifyLevel = 'standard', allowPreprint = false, useStyle = false } = body as Record<string, unknown>
  if (typeof topic !== 'string' || topic.trim() === '' || topic.length > maxTopicLength) {
    return `topic must be a text of 1 to ${maxTopicLength} characters.`
  }
  const level = verifyLevels.find((each) => each === verifyLevel)
  if (!level) return `verifyLevel must be one of ${verifyLevels.join(', ')}.`
  if (typeof allowPreprint !== 'boolean' || typeof useStyle !== 'boolean') {
    return 'allowPreprint and useStyle must be true or false.'
  }
  return { topic: topic.trim(), verifyLevel: level, allowPreprint, useStyle }
}
