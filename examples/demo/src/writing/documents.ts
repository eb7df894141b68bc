import { openJournal } from '../together/journal.ts'
import type { Backplane } from '@steadystream/server'
import type { ArticleDocument } from './compose.ts'

/** What autopilots have planned. */
export interface Documents {
  keep(document: ArticleDocument): Promise<void>
  find(docId: string): Promise<ArticleDocument | undefined>
  stop(): void
}

const maxDocuments = 200

export async function openDocuments(backplane: Backplane, onFailure: (error: unknown) => void): Promise<Documents> {
  const documents = new Map<string, ArticleDocument>()
  const journal = await openJournal<ArticleDocument>({
    backplane,
    name: 'documents',
    take({ entry }) {
      documents.set(entry.docId, entry)
      const oldest = documents.keys().next()
      if (documents.size > maxDocuments && !oldest.done) documents.delete(oldest.value)
    },
    onFailure,
  })
  return {
    keep: (document) => journal.append(document),
    async find(docId) {
      if (!documents.has(docId)) await journal.catchUp()
      return documents.get(docId)
    },
    stop: () => journal.stop(),
  }
}
