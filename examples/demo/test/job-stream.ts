import type { RenderProgress } from '../src/jobs/progress-event.ts'

/** One block of an SSE response, as it came over the wire. */
export interface Block {
  readonly comment?: string
  readonly id?: string
  readonly event?: string
  readonly data?: string
}

export async function startJob(origin: string, body?: object): Promise<string> {
  const response = await fetch(`${origin}/api/generate-video`, {
    method: 'POST',
    ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`)
  const { jobId } = (await response.json()) as { jobId: string }
  return jobId
}

/** Reads a job's stream as `curl -N` would, block by block; ends with the response, or when the caller stops. */
export async function* readBlocks(origin: string, jobId: string, headers: HeadersInit = {}): AsyncGenerator<Block> {
  const controller = new AbortController()
  const url = `${origin}/api/stream/render-progress/${jobId}`
  const response = await fetch(url, { headers, signal: controller.signal })
  if (!response.body) return
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of response.body) {
      text += decoder.decode(chunk, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) yield parseBlock(block)
    }
  } finally {
    controller.abort()
  }
}

/** Everything of a stream that is data, with its ids, until the stream ends. */
export async function readEvents(origin: string, jobId: string): Promise<{ id: string; data: RenderProgress }[]> {
  const events: { id: string; data: RenderProgress }[] = []
  for await (const { id, event, data } of readBlocks(origin, jobId)) {
    if (event === undefined && data !== undefined)
      events.push({ id: id ?? '', data: JSON.parse(data) as RenderProgress })
  }
  return events
}

function parseBlock(text: string): Block {
  const fields: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    fields[line.slice(0, colon) || 'comment'] = line.slice(colon + 1).trim()
  }
  return fields
}
