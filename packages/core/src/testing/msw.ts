import { http, ws } from 'msw'

import type { HttpHandler, WebSocketHandler } from 'msw'
import type { ScriptedStream } from './scripted-stream.ts'
import type { ScriptedWebSocket } from './scripted-web-socket.ts'

/** An MSW handler that lets a scripted stream answer every request for `url`, whatever its method. */
export function sseHandler(url: string | RegExp, scripted: ScriptedStream): HttpHandler {
  return http.all(url, ({ request }) =>
    scripted.answer(request).catch((error: unknown) => {
      // The client has given up and awaits no answer; MSW would print what is thrown as a fault of the handler.
      if (request.signal.aborted) return Response.error()
      throw error
    }),
  )
}

/**
 * An MSW handler that hands every WebSocket for `url` to a scripted one. MSW stands in for the runtime's class: where
 * there is none (Node 20), set `globalThis.WebSocket` to one before the server listens.
 */
export function webSocketHandler(url: string | RegExp, scripted: Pick<ScriptedWebSocket, 'accept'>): WebSocketHandler {
  return ws.link(url).addEventListener('connection', ({ client }) => {
    scripted.accept({
      url: client.url,
      send: (text) => client.send(text),
      close: (code, reason) => client.close(code, reason),
      listen(onText, onClose) {
        client.addEventListener('message', ({ data }) => onText(typeof data === 'string' ? data : '(binary)'))
        client.addEventListener('close', onClose)
      },
    })
  })
}
