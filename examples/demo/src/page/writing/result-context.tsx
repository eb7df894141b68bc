import { createContext, useContext, useState } from 'react'
import { post } from '../api.ts'
import type { ReactNode } from 'react'

export interface Result {
  readonly docId: string
  readonly streamId: string
}

export interface ResultContextValue {
  /** The article that is being written, or was. */
  readonly result: Result | null
  startDocumentGeneration(docId: string): Promise<void>
}

const Context = createContext<ResultContextValue | undefined>(undefined)

export function ResultProvider({ children }: { readonly children: ReactNode }) {
  const [result, setResult] = useState<Result | null>(null)
  async function startDocumentGeneration(docId: string): Promise<void> {
    const { streamId } = await post<{ streamId: string }>('/api/generation', { docId })
    setResult({ docId, streamId })
  }
  return <Context.Provider value={{ result, startDocumentGeneration }}>{children}</Context.Provider>
}

/** @throws {Error} outside of a {@link ResultProvider}. */
export function useResult(): ResultContextValue {
  const value = useContext(Context)
  if (!value) throw new Error('useResult needs a ResultProvider above')
  return value
}
