import { ServerResponse } from 'node:http'

import type { Socket } from 'node:net'
import type { HttpResponse } from '../http-messages.ts'

/** What is to be done once a connection is gone: one listener for all that wait on it, as there may be thousands. */
const waitingOn = new WeakMap<Socket, Set<() => void>>()

/**
 * The connection of a response whose turn has not come: its request was sent ahead, while another one was being
 * answered. Node tells such a response nothing when the connection goes.
 */
function connectionBehind(res: HttpResponse): Socket | undefined {
  return res instanceof ServerResponse && !res.socket && !res.writableEnded ? res.req.socket : undefined
}

/** Whether the connection went before its turn came. */
export function lostItsTurn(res: HttpResponse): boolean {
  return connectionBehind(res)?.destroyed ?? false
}

/** Calls `lost` when the connection goes, where the response itself would not say `close`. */
export function onTurnLost(res: HttpResponse, lost: () => void): void {
  const socket = connectionBehind(res)
  if (!socket) return
  const waiting = waitingOn.get(socket) ?? watch(socket)
  waiting.add(lost)
  res.on('close', () => waiting.delete(lost))
}

function watch(socket: Socket): Set<() => void> {
  const waiting = new Set<() => void>()
  waitingOn.set(socket, waiting)
  socket.on('close', () => {
    for (const lost of waiting) lost()
  })
  return waiting
}
