/** What `POST /api/generate-video` takes, every field optional. */
export interface JobRequest {
  readonly frames: number
  readonly title: string
}

/** A request that cannot be served as it is; the message names field, value and bound. */
export class InvalidJobRequest extends Error {}

const minFrames = 24
const maxFrames = 600
const defaultFrames = 180
const maxTitleLength = 80
const defaultTitle = 'Paper hills'

/**
 * @param body the parsed JSON body; `undefined` where there was none.
 * @throws {InvalidJobRequest}
 */
export function parseJobRequest(body: unknown): JobRequest {
  if (body === undefined) return { frames: defaultFrames, title: defaultTitle }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InvalidJobRequest('The body must be a JSON object, or empty.')
  }
  const unknownField = Object.keys(body).find((name) => name !== 'frames' && name !== 'title')
  if (unknownField !== undefined) {
    throw new InvalidJobRequest(`Unknown field ${shown(unknownField)}: only frames and title are taken.`)
  }
  const frames: unknown = 'frames' in body ? body.frames : defaultFrames
  const title: unknown = 'title' in body ? body.title : defaultTitle
  if (typeof frames !== 'number' || !Number.isInteger(frames) || frames < minFrames || frames > maxFrames) {
    throw new InvalidJobRequest(
      `frames must be a whole number from ${minFrames} to ${maxFrames}, got ${shown(frames)}.`,
    )
  }
  if (typeof title !== 'string' || title.trim() === '' || title.length > maxTitleLength) {
    throw new InvalidJobRequest(`title must be a text of 1 to ${maxTitleLength} characters, got ${shown(title)}.`)
  }
  return { frames, title: title.trim() }
}

/** A value from outside, short enough for an error message. */
function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
