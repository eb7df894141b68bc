import { randomBytes } from 'node:crypto'
import { createAutopilotEvent, createGenerationEvent } from '@steadystream/core/presets'
import { createGate } from '../runs/gate.ts'
import { pause } from '../runs/pause.ts'
import { AutopilotFailure, flyAutopilot } from './autopilot.ts'
import { compose, piecesOf } from './compose.ts'
import type { AutopilotEvent } from '@steadystream/core/presets'
import type { Realtime } from '@steadystream/server'
import type { Gate } from '../runs/gate.ts'
import type { AutopilotRequest } from './autopilot-request.ts'
import type { ArticleDocument, Block } from './compose.ts'

/** Tasks and documents of the writing flow, in memory. */
export interface WritingDesk {
  start(request: AutopilotRequest): string
  /** `false` where there is no such task, or it is over. */
  control(taskId: string, action: 'pause' | 'resume' | 'stop'): Promise<boolean>
  hasTask(taskId: string): boolean
  document(docId: string): ArticleDocument | undefined
  /** Begins to write a document; `undefined` where there is none of this ID. */
  generate(docId: string): string | undefined
  hasStream(streamId: string): boolean
  stop(): void
}

interface Task {
  readonly gate: Gate
  readonly ending: AbortController
  latest: AutopilotEvent | undefined
  isOver: boolean
}

export const autopilotChannel = (taskId: string) => ({ type: 'autopilot', id: taskId })
export const generationChannel = (streamId: string) => ({ type: 'generation', id: streamId })

const keptThings = 200

export function createWritingDesk(
  realtime: Realtime,
  paceMs: number,
  onFailure: (error: unknown) => void,
): WritingDesk {
  const tasks = new Map<string, Task>()
  const documents = new Map<string, ArticleDocument>()
  const streams = new Set<string>()
  const stopping = new AbortController()

  async function fly(taskId: string, task: Task, request: AutopilotRequest): Promise<void> {
    const tell = async (event: AutopilotEvent) => {
      task.latest = event
      await realtime.publish(autopilotChannel(taskId), event)
    }
    const { gate } = task
    const signal = AbortSignal.any([task.ending.signal, stopping.signal])
    const keep = (outline: ArticleDocument['outline'], useStyle: boolean) => {
      const docId = newId('doc')
      remember(documents, docId, { docId, outline, useStyle })
      return docId
    }
    try {
      await flyAutopilot(request, { gate, signal, paceMs, tell, keep })
    } catch (error) {
      if (stopping.signal.aborted) return
      const wasStopped = task.ending.signal.aborted
      if (!wasStopped && !(error instanceof AutopilotFailure)) onFailure(error)
      const message = wasStopped ? 'Stopped.' : error instanceof AutopilotFailure ? error.message : 'The task failed.'
      await tell(createAutopilotEvent({ step: 'error', progress: task.latest?.progress ?? 0, message }))
    }
    task.isOver = true
    await realtime.complete(autopilotChannel(taskId))
  }

  async function write(streamId: string, blocks: readonly Block[]): Promise<void> {
    const channel = generationChannel(streamId)
    for (const { blockId, text, cites } of blocks) {
      const pieces = piecesOf(text)
      for (const [index, delta] of pieces.entries()) {
        const isLast = index === pieces.length - 1
        // Cites come with the end of their block: until then nobody can tell which it will have.
        await realtime.publish(
          channel,
          createGenerationEvent({ blockId, delta, ...(isLast && cites.length > 0 && { cites }) }),
        )
        await pause(paceMs / 5, stopping.signal)
      }
    }
    await realtime.publish(
      channel,
      createGenerationEvent({ blockId: blocks.at(-1)?.blockId ?? '', delta: '', done: true }),
    )
    await realtime.complete(channel)
  }

  return {
    start(request) {
      const taskId = newId('task')
      const task: Task = { gate: createGate(), ending: new AbortController(), latest: undefined, isOver: false }
      remember(tasks, taskId, task)
      fly(taskId, task, request).catch(onFailure)
      return taskId
    },
    async control(taskId, action) {
      const task = tasks.get(taskId)
      if (!task || task.isOver) return false
      if (action === 'stop') task.ending.abort()
      else task.gate[action]()
      const { latest } = task
      // Everybody who watches learns of it, and not only the page with the button.
      if (action !== 'stop' && latest) {
        const message = action === 'pause' ? 'Paused' : 'Going on'
        await realtime.publish(autopilotChannel(taskId), createAutopilotEvent({ ...latest, message }))
      }
      return true
    },
    hasTask: (taskId) => tasks.has(taskId),
    document: (docId) => documents.get(docId),
    generate(docId) {
      const document = documents.get(docId)
      if (!document) return undefined
      const streamId = newId('stream')
      streams.add(streamId)
      write(streamId, compose(document)).catch((error: unknown) => {
        if (!stopping.signal.aborted) onFailure(error)
      })
      return streamId
    },
    hasStream: (streamId) => streams.has(streamId),
    stop: () => stopping.abort(),
  }
}

const newId = (kind: string) => `${kind}_${randomBytes(8).toString('hex')}`

/** Keeps the newest things only. */
function remember<T>(things: Map<string, T>, id: string, thing: T): void {
  things.set(id, thing)
  const oldest = things.keys().next()
  if (things.size > keptThings && !oldest.done) things.delete(oldest.value)
}
