import { baseUrl } from '../api.ts'

export type WireState = 'disconnected' | 'connecting' | 'connected'

export interface WireLine {
  readonly key: number
  readonly at: Date
  /** `out` was sent, `in` came; `note` happened. */
  readonly kind: 'in' | 'out' | 'note'
  readonly text: string
}

export interface WireView {
  readonly state: WireState
  /** The latest first. */
  readonly lines: readonly WireLine[]
  /** How many messages of each `type` came. */
  readonly counts: Readonly<Record<string, number>>
}

/** A WebSocket as a terminal shows it: no subprotocol, no library, every message as it came. */
export interface WireSocket {
  subscribe(changed: () => void): () => void
  getSnapshot(): WireView
  connect(path: string): void
  send(text: string): void
  close(): void
  clear(): void
}

const keptLines = 200
/** Characters of a message that are shown. */
const shownLength = 600

export function createWireSocket(): WireSocket {
  const listeners = new Set<() => void>()
  let view: WireView = { state: 'disconnected', lines: [], counts: {} }
  let socket: WebSocket | undefined
  let keys = 0
  let frame = 0

  function change(next: Partial<WireView>): void {
    view = { ...view, ...next }
    // Messages may come faster than anybody sees.
    frame ||= requestAnimationFrame(() => {
      frame = 0
      for (const changed of listeners) changed()
    })
  }

  function add(kind: WireLine['kind'], text: string, more: Partial<WireView> = {}): void {
    const shown = text.length > shownLength ? `${text.slice(0, shownLength)}…` : text
    const lines = [{ key: keys++, at: new Date(), kind, text: shown }, ...view.lines].slice(0, keptLines)
    change({ ...more, lines })
  }

  function take(text: string): void {
    const type = typeOf(text)
    add('in', text, { counts: { ...view.counts, [type]: (view.counts[type] ?? 0) + 1 } })
  }

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    getSnapshot: () => view,
    connect(path) {
      socket?.close()
      const url = new URL(baseUrl + path, window.location.href)
      const next = new WebSocket(url.href.replace(/^http/, 'ws'))
      socket = next
      add('note', `connecting to ${path}`, { state: 'connecting', counts: {} })
      next.onopen = () => change({ state: 'connected' })
      next.onmessage = ({ data }) => next === socket && take(String(data))
      next.onclose = ({ code, reason }) => {
        if (next === socket) add('note', `closed, code ${code} ${reason}`, { state: 'disconnected' })
      }
    },
    send(text) {
      if (socket?.readyState !== WebSocket.OPEN) return
      socket.send(text)
      add('out', text)
    },
    close: () => socket?.close(1000),
    clear: () => change({ lines: [] }),
  }
}

function typeOf(text: string): string {
  try {
    const { type } = JSON.parse(text) as { readonly type?: unknown }
    return typeof type === 'string' ? type : 'other'
  } catch {
    return 'other'
  }
}
