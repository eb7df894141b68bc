import { createEnhancedSSEStream } from '@steadystream/core'
import type { Script, Verdict } from './script.ts'

/** Judges with the help of somebody else, and tells what it thinks on the way. */
export type RemoteEvaluator = (
  script: Script,
  tell: (thinking: string) => Promise<void>,
  signal: AbortSignal,
) => Promise<Verdict>

export interface Provider {
  readonly baseUrl: string
  readonly apiKey: string
  readonly model: string
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[]
}

const instruction =
  'You judge how well the first seconds of a video script hook a viewer. Think aloud in at most five short sentences. ' +
  'End with one line of the form "SCORE: <0 to 100>".'

/** A model behind an OpenAI-compatible address, read with the library's own client: a POST that ends with `[DONE]`. */
export function createRemoteEvaluator({ baseUrl, apiKey, model }: Provider): RemoteEvaluator {
  return async ({ transcript }, tell, signal) => {
    let text = ''
    const stream = createEnhancedSSEStream<Chunk>(
      `${baseUrl.replace(/\/$/, '')}/chat/completions`,
      {},
      {
        headers: { Authorization: `Bearer ${apiKey}` },
        body: {
          model,
          stream: true,
          messages: [
            { role: 'system', content: instruction },
            { role: 'user', content: transcript },
          ],
        },
        isComplete: ({ data }) => data === '[DONE]',
        signal,
      },
    )
    for await (const { data } of stream) {
      const delta = data.choices?.[0]?.delta?.content
      if (typeof delta !== 'string' || delta === '') continue
      text += delta
      await tell(text)
    }
    return verdictIn(text)
  }
}

/** @throws {Error} if the answer has no score. */
export function verdictIn(text: string): Verdict {
  const score = Number(/SCORE:\s*(\d{1,3}(?:\.\d+)?)/i.exec(text)?.[1])
  if (!(score >= 0 && score <= 100)) throw new Error('the model gave no score from 0 to 100')
  const thinking = text.replace(/\s*SCORE:[^\n]*\s*$/i, '').trim()
  return { thoughts: [thinking], score, reasoning: thinking.split(/(?<=[.!?])\s+/).at(-1) ?? '' }
}
