import { createAlertEvent } from '@steadystream/core/presets'
import { Router } from 'express'
import { onlyForControl } from './control.ts'
import { refuse } from './errors.ts'
import { userIn } from './session-routes.ts'
import type { Realtime } from '@steadystream/server'
import type { Firehose } from '../lab/firehose.ts'
import type { RecentLog } from '../lab/recent-log.ts'
import type { MayControl } from './control.ts'

const maxTextLength = 200

/** What a visitor can have published, and what the server says of itself. */
export function boardRoutes(realtime: Realtime, firehose: Firehose, log: RecentLog, may: MayControl): Router {
  const router = Router()

  router.post('/api/lab/alerts', async (req, res) => {
    const userId = userIn(req.headers.cookie)
    if (userId === undefined) return refuse(res, 401, 'UNAUTHORIZED', 'Say who you are first: POST /api/session.')
    const fields = (req.body ?? {}) as Record<string, unknown>
    const [severity, category, title, message] = ['severity', 'category', 'title', 'message'].map((name) => {
      const value = fields[name]
      return typeof value === 'string' && value.length <= maxTextLength ? value : ''
    })
    if (!severity || !category || !title || !message) {
      const names = 'severity, category, title and message'
      return refuse(res, 400, 'BAD_REQUEST', `${names} must be texts of 1 to ${maxTextLength} characters.`)
    }
    const about = { actionRequired: fields['actionRequired'] === true, entityId: 'lab', entityType: 'page' }
    const alert = createAlertEvent(severity, category, title, message, about)
    // To oneself alone: whom others get word from is not for a visitor to choose.
    await realtime.channels.publish({ type: 'alerts', userId }, alert)
    res.status(201).json({ userId, alert })
  })

  router.post('/api/lab/firehose', (_req, res) => {
    res.status(201).json({ runId: firehose.open() })
  })

  router.post('/api/lab/firehose/:runId/go', (req, res) => {
    const started = firehose.go(req.params.runId)
    if (started === 'busy') return refuse(res, 429, 'BUSY', 'Others are at it already; try again in a few seconds.')
    if (!started) return refuse(res, 404, 'NO_SUCH_RUN', 'This server knows no such run.')
    res.status(202).json({ started })
  })

  router.get('/api/lab/firehose/:runId/log', (req, res) => {
    const found = firehose.log(req.params.runId)
    if (!found) return refuse(res, 404, 'NO_SUCH_RUN', 'This server knows no such run.')
    res.set('Cache-Control', 'no-store').json(found)
  })

  // It names clients and channels: not for everybody who comes by.
  router.get('/api/lab/server-log', onlyForControl(may), (req, res) => {
    const lines = log.after(Number(req.query['after']) || 0)
    res.set('Cache-Control', 'no-store').json({ lines })
  })

  return router
}
