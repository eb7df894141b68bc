import { Router } from 'express'
import { readAutopilotRequest } from '../writing/autopilot-request.ts'
import { autopilotChannel, generationChannel } from '../writing/writing-desk.ts'
import { refuse } from './errors.ts'
import type { Realtime } from '@steadystream/server'
import type { Works } from '../runs/works.ts'
import type { WritingDesk } from '../writing/writing-desk.ts'

/** Autopilot and generation: POST starts, GET follows. */
export function writingRoutes(realtime: Realtime, works: Works, desk: WritingDesk): Router {
  const router = Router()

  router.post('/api/autopilot', async (req, res) => {
    const request = readAutopilotRequest(req.body)
    if (typeof request === 'string') return refuse(res, 400, 'BAD_REQUEST', request)
    const taskId = await desk.start(request)
    res.status(202).json({ taskId, streamUrl: `/api/autopilot/stream?taskId=${taskId}` })
  })

  for (const action of ['pause', 'resume', 'stop'] as const) {
    router.post(`/api/autopilot/:taskId/${action}`, async (req, res) => {
      if (await desk.control(req.params.taskId, action)) return res.json({ taskId: req.params.taskId, action })
      refuse(res, 404, 'NO_SUCH_TASK', 'There is no such task, or it is over.')
    })
  }

  router.get('/api/autopilot/stream', async (req, res) => {
    const { taskId } = req.query
    if (typeof taskId !== 'string' || !(await works.find('autopilot', taskId))) {
      return refuse(res, 404, 'NO_SUCH_TASK', 'This server knows no such task.')
    }
    realtime.node(req, res, { channel: autopilotChannel(taskId), from: 'start' })
  })

  router.get('/api/documents/:docId', async (req, res) => {
    const document = await desk.document(req.params.docId)
    if (!document) return refuse(res, 404, 'NO_SUCH_DOCUMENT', 'This server knows no such document.')
    const sections = document.outline.sections.map(({ heading, statements }) => ({
      heading,
      statements: statements.length,
    }))
    res.json({ docId: document.docId, title: document.outline.title, sections })
  })

  router.post('/api/generation', async (req, res) => {
    const body: unknown = req.body
    const docId = typeof body === 'object' && body !== null && 'docId' in body ? body.docId : undefined
    const streamId = typeof docId === 'string' ? await desk.generate(docId) : undefined
    if (streamId === undefined) return refuse(res, 404, 'NO_SUCH_DOCUMENT', 'This server knows no such document.')
    res.status(202).json({ streamId, streamUrl: `/api/generation/stream?streamId=${streamId}` })
  })

  router.get('/api/generation/stream', async (req, res) => {
    const { streamId } = req.query
    if (typeof streamId !== 'string' || !(await works.find('generation', streamId))) {
      return refuse(res, 404, 'NO_SUCH_STREAM', 'This server knows no such stream.')
    }
    realtime.node(req, res, { channel: generationChannel(streamId), from: 'start' })
  })

  return router
}
