import type { Action } from '../runs/work.ts'
import type { Works } from '../runs/works.ts'
import type { AutopilotRequest } from './autopilot-request.ts'
import type { ArticleDocument } from './compose.ts'
import type { Documents } from './documents.ts'

/** Tasks and documents of the writing flow. */
export interface WritingDesk {
  start(request: AutopilotRequest): Promise<string>
  /** `false` where there is no such task, or it is over. */
  control(taskId: string, action: Action): Promise<boolean>
  document(docId: string): Promise<ArticleDocument | undefined>
  /** Begins to write a document; `undefined` where there is none of this ID. */
  generate(docId: string): Promise<string | undefined>
}

export const autopilotChannel = (taskId: string) => ({ type: 'autopilot', id: taskId }) as const
export const generationChannel = (streamId: string) => ({ type: 'generation', id: streamId }) as const

export function createWritingDesk(works: Works, documents: Documents): WritingDesk {
  return {
    start: (request) => works.begin('autopilot', request, 'task'),
    async control(taskId, action) {
      const work = await works.find('autopilot', taskId)
      if (!work || work.isOver) return false
      await works.control(work, action)
      return true
    },
    document: (docId) => documents.find(docId),
    async generate(docId) {
      return (await documents.find(docId)) && works.begin('generation', { docId }, 'stream')
    },
  }
}
