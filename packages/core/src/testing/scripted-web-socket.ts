import { createAccepted } from './accepted.ts'

import type { CloseMessage, ConnectedMessage } from '../protocol/control-events.ts'
import type { ServerEnvelope } from '../protocol/envelope.ts'

/** One socket of the client under test, seen from the server's side. What is sent to a closed one is lost. */
export interface ScriptedSocket {
  /** As it was dialled: with the resume token and `from` in its query. */
  readonly url: URL
  /** Texts that the client has sent. */
  readonly received: readonly string[]
  /** Whether neither side has closed it. */
  readonly isOpen: boolean
  /** Settles when either side has closed it. */
  readonly closed: Promise<void>
  /** Sends a message: a string as it is, anything else as JSON. */
  push(message: unknown): void
  /** Introduces the server as one of ours, which follows one channel from `position` on. */
  connected(message?: Partial<ConnectedMessage> & { readonly position?: string | undefined }): void
  /** Sends an event of that channel. */
  event(position: string, data: unknown): void
  /** Sends envelopes of `steadystream.v1`, one in a frame or several. */
  envelopes(...envelopes: readonly ServerEnvelope[]): void
  /** Says why the server closes, and closes with that code (3000 unless told otherwise). */
  close(message?: Partial<CloseMessage>): void
  /** Closes without a word: 1001, which is as near to a pulled cable as a mock comes. */
  drop(): void
  /** Half-open from now on: the client hears nothing more. */
  goSilent(): void
}

/** An endpoint for WebSockets that does what the test says. It accepts every socket unless told otherwise. */
export interface ScriptedWebSocket {
  /** Sockets that are open. */
  readonly openConnections: number
  /** The accepted socket number `n`, from 0; throws if there is none yet. */
  connection(n: number): ScriptedSocket
  /** The next accepted socket that this has not returned before, as soon as there is one. */
  nextConnection(): Promise<ScriptedSocket>
  /** Closes the next `times` sockets (default 1) as soon as they are open. */
  refuse(times?: number): void
  /** Takes in a socket; for request mocks. */
  accept(socket: MockedSocket): void
}

/** The far end of a mocked socket, as MSW has it. */
export interface MockedSocket {
  readonly url: URL
  send(data: string): void
  close(code?: number, reason?: string): void
  /** Calls back with each text that comes, and once when it is closed. */
  listen(onText: (text: string) => void, onClose: () => void): void
}

const channel = 'scripted'

/** Makes an endpoint that the test scripts; `webSocketHandler` puts it behind the runtime's `WebSocket`. */
export function createScriptedWebSocket(): ScriptedWebSocket {
  const accepted = createAccepted<ScriptedSocket>()
  let refusals = 0
  return {
    get openConnections() {
      return accepted.all.filter(({ isOpen }) => isOpen).length
    },
    connection: accepted.at,
    nextConnection: accepted.next,
    refuse: (times = 1) => void (refusals += times),
    accept(socket) {
      if (refusals > 0) {
        refusals -= 1
        return socket.close(1013, 'refused')
      }
      accepted.add(createScriptedSocket(socket))
    },
  }
}

function createScriptedSocket(socket: MockedSocket): ScriptedSocket {
  const received: string[] = []
  let isOpen = true
  let isSilent = false
  let markClosed = (): void => {}
  const closed = new Promise<void>((resolve) => (markClosed = resolve))
  const end = () => {
    isOpen = false
    markClosed()
  }
  socket.listen((text) => received.push(text), end)

  function push(message: unknown): void {
    if (isOpen && !isSilent) socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  function close(code: number, reason?: string): void {
    if (!isOpen || isSilent) return
    end()
    socket.close(code, reason)
  }

  const envelopes = (...all: readonly ServerEnvelope[]) => push(all.length === 1 ? all[0] : all)

  return {
    url: socket.url,
    received,
    get isOpen() {
      return isOpen
    },
    closed,
    push,
    connected({ position = 'scripted:0', clientId = 'ws_scripted', heartbeatInterval = 15_000, ...rest } = {}) {
      envelopes({ type: 'connected', clientId, heartbeatInterval, ...rest }, { type: 'subscribed', channel, position })
    },
    event: (position, data) => envelopes({ type: 'event', channel, position, data }),
    envelopes,
    close({ code = 3000, reason = 'scripted', reconnect = true, retryMs } = {}) {
      envelopes({ type: 'close', code, reason, reconnect, retryMs })
      close(code, reason)
    },
    drop: () => close(1001),
    goSilent() {
      isSilent = true
    },
  }
}
