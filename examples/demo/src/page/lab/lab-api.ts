import { get, post } from '../api.ts'

export interface Faults {
  readonly sse: boolean
  readonly websocket: boolean
  readonly latencyMs: number
}

/** What the server knows of a link. */
export interface ServerLog {
  /** The last number that was published. */
  readonly published: number
  /** With which number each life of the server began. */
  readonly lives: readonly number[]
  readonly sessions: readonly { readonly id: string; readonly transport: string; readonly eventsSent: number }[]
  readonly faults: Faults
  readonly eventsPerSecond: number
}

const pathOf = (labId: string, what: string) => `/api/lab/links/${labId}/${what}`

export const openLink = (labId: string) => post<{ readonly token: string }>('/api/lab/links', { labId })
export const readLog = (labId: string) => get<ServerLog>(pathOf(labId, 'log'))
export const setFaults = (labId: string, faults: Partial<Faults> & { readonly eventsPerSecond?: number }) =>
  post(pathOf(labId, 'faults'), faults)
export const cutLink = (labId: string) => post(pathOf(labId, 'cut'))
export const expireToken = (labId: string) => post(pathOf(labId, 'expire'))
export const restartServer = (kind: 'drain' | 'crash') => post('/api/lab/restart', { kind })

/** A name for a link of this page. */
export function newLabId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
