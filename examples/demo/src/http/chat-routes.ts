import { Router } from 'express'
import { agents } from '../chat/agents.ts'
import { chatChannel } from '../chat/chat-desk.ts'
import { onlyForControl } from './control.ts'
import { refuse } from './errors.ts'
import type { Realtime } from '@steadystream/server'
import type { ChatDesk } from '../chat/chat-desk.ts'
import type { MayControl } from './control.ts'

/** Milliseconds between two rounds on demand: what a button may ask for. */
const roundMs = 1000

export function chatRoutes(realtime: Realtime, desk: ChatDesk, may: MayControl): Router {
  const router = Router()
  let generatedAt = 0
  let isSseBlocked = false

  router.get('/api/chat/stream', (req, res) => {
    if (isSseBlocked) return void res.type('html').send('<p>This network does not let event streams through.</p>')
    realtime.node(req, res, { channel: chatChannel })
  })

  router.get('/api/chat/messages', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ messages: desk.messages() })
  })

  router.get('/api/chat/agents', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ agents, everyMs: desk.everyMs, isSseBlocked })
  })

  router.post('/api/chat/generate', async (_req, res) => {
    const now = Date.now()
    if (now - generatedAt < roundMs) {
      res.set('Retry-After', '1')
      return refuse(res, 429, 'TOO_SOON', 'The agents have just spoken; try again in a second.')
    }
    generatedAt = now
    res.status(201).json({ messages: await desk.generate() })
  })

  /** From the page: what the chat does where a proxy blocks event streams. */
  router.post('/api/chat/block-sse', onlyForControl(may), (req, res) => {
    const body: unknown = req.body
    isSseBlocked = typeof body === 'object' && body !== null && 'blocked' in body && body.blocked === true
    if (isSseBlocked) {
      for (const session of realtime.sessions) {
        if (session.channel === `${chatChannel.type}:${chatChannel.id}`) session.destroy()
      }
    }
    res.json({ blocked: isSseBlocked })
  })

  return router
}
