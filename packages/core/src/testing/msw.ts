import { http } from 'msw'

import type { HttpHandler } from 'msw'
import type { ScriptedStream } from './scripted-stream.ts'

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
