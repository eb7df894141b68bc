import { Router } from 'express'
import { labChannel } from '../lab/lab-desk.ts'
import { slowDown } from '../lab/slow-socket.ts'
import { refuse } from './errors.ts'
import type { Response } from 'express'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Realtime } from '@steadystream/server'
import type { LabDesk } from '../lab/lab-desk.ts'
import type { LabLink } from '../lab/lab-links.ts'

const labIdPattern = /^[a-z0-9]{8,32}$/

/** Links to break, over all three transports, and what the server knows of them. */
export function linkRoutes(realtime: Realtime, lab: LabDesk): Router {
  const router = Router()

  const find = (labId: unknown, res: Response) => findLink(lab, labId, res)

  router.post('/api/lab/links', (req, res) => {
    const { labId } = (req.body ?? {}) as Record<string, unknown>
    if (typeof labId !== 'string' || !labIdPattern.test(labId)) {
      return refuse(res, 400, 'BAD_REQUEST', 'labId must be 8 to 32 small letters and digits.')
    }
    if (!lab.open(labId)) return refuse(res, 503, 'BUSY', 'Too many links are being broken at a time; try again later.')
    res.status(201).json({ labId, ...lab.issueToken(labId) })
  })

  router.get('/api/lab/links/:labId/stream', (req, res) => {
    const link = find(req.params.labId, res)
    if (!link) return
    slowDown(req.socket, () => link.faults.latencyMs)
    if (link.faults.sse) return void res.type('html').send('<p>This network does not let event streams through.</p>')
    realtime.node(req, res, { channel: labChannel(link.labId), from: 'start' })
  })

  router.get('/api/lab/links/:labId/poll', (req, res) => {
    const link = find(req.params.labId, res)
    if (!link) return
    slowDown(req.socket, () => link.faults.latencyMs)
    realtime.poll(req, res, { channel: labChannel(link.labId), from: 'start' })
  })

  router.get('/api/lab/links/:labId/log', (req, res) => {
    const link = find(req.params.labId, res)
    if (!link) return
    const { labId, faults, eventsPerSecond } = link
    const sessions = lab.sessionsOf(labId).map(({ id, transport, eventsSent }) => ({ id, transport, eventsSent }))
    const published = lab.entry(labId)
    res
      .set('Cache-Control', 'no-store')
      .json({ published: published?.last ?? 0, lives: published?.lives ?? [], sessions, faults, eventsPerSecond })
  })

  return router
}

/** Answers 404 itself where there is no such link. */
export function findLink(lab: LabDesk, labId: unknown, res: Response): LabLink | undefined {
  const link = typeof labId === 'string' ? lab.find(labId) : undefined
  if (!link)
    refuse(
      res,
      404,
      'NO_SUCH_LINK',
      'This process knows no such link: each link belongs to the process that opened it.',
    )
  return link
}

/** The WebSocket side of the links. */
export function attachLinks(realtime: Realtime, server: Server, lab: LabDesk): void {
  const linkOf = (url: URL) => lab.find(url.searchParams.get('labId') ?? '')
  server.prependListener('upgrade', (request, socket) => {
    const text = `http://localhost${request.url ?? '/'}`
    const url = URL.canParse(text) ? new URL(text) : undefined
    const link = url?.pathname === '/ws/lab' ? linkOf(url) : undefined
    // The upgrades of this server come over TCP.
    if (link) slowDown(socket as Socket, () => link.faults.latencyMs)
  })
  realtime.attachWebSocket(server, {
    path: '/ws/lab',
    channel(_request, url) {
      const link = linkOf(url)
      return link && !link.faults.websocket ? labChannel(link.labId) : undefined
    },
    from: 'start',
  })
}
