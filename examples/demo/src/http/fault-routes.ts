import { Router } from 'express'
import { onlyForControl } from './control.ts'
import { refuse } from './errors.ts'
import { findLink } from './link-routes.ts'
import type { Response } from 'express'
import type { LabDesk } from '../lab/lab-desk.ts'
import type { MayControl } from './control.ts'

export type Restart = (kind: 'drain' | 'crash') => void

const maxLatencyMs = 5000
const maxPerSecond = 200

/** What breaks a link, and what breaks the server. */
export function faultRoutes(lab: LabDesk, restart: Restart, may: MayControl): Router {
  const router = Router()
  const find = (labId: unknown, res: Response) => findLink(lab, labId, res)

  router.post('/api/lab/links/:labId/faults', (req, res) => {
    const link = find(req.params.labId, res)
    if (!link) return
    const { sse, websocket, latencyMs, eventsPerSecond } = (req.body ?? {}) as Record<string, unknown>
    if (isWithin(latencyMs, 0, maxLatencyMs)) link.faults = { ...link.faults, latencyMs }
    if (typeof sse === 'boolean') link.faults = { ...link.faults, sse }
    if (typeof websocket === 'boolean') link.faults = { ...link.faults, websocket }
    if (isWithin(eventsPerSecond, 0, maxPerSecond)) link.eventsPerSecond = eventsPerSecond
    // A proxy that starts to block ends what goes through it.
    for (const session of lab.sessionsOf(link.labId)) {
      if ((sse === true && session.transport === 'sse') || (websocket === true && session.transport === 'websocket'))
        session.destroy()
    }
    res.json({ faults: link.faults, eventsPerSecond: link.eventsPerSecond })
  })

  router.post('/api/lab/links/:labId/cut', (req, res) => {
    const link = find(req.params.labId, res)
    if (!link) return
    const sessions = lab.sessionsOf(link.labId)
    for (const session of sessions) session.destroy()
    res.json({ sessions: sessions.length })
  })

  router.post('/api/lab/links/:labId/expire', (req, res) => {
    const link = find(req.params.labId, res)
    if (link) res.json({ sessions: lab.expire(link.labId) })
  })

  router.post('/api/lab/restart', onlyForControl(may), (req, res) => {
    const { kind } = (req.body ?? {}) as Record<string, unknown>
    if (kind !== 'drain' && kind !== 'crash') return refuse(res, 400, 'BAD_REQUEST', 'kind must be drain or crash.')
    // The answer is on its way before the server is.
    res.on('finish', () => setImmediate(() => restart(kind)))
    res.status(202).json({ kind })
  })

  return router
}

const isWithin = (value: unknown, from: number, to: number): value is number =>
  typeof value === 'number' && value >= from && value <= to
