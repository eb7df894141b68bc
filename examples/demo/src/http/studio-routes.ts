import { Router } from 'express'
import { secondsIn } from '../council/script.ts'
import { creativeTypes } from '../creative/evaluate-creative.ts'
import { refuse } from './errors.ts'
import type { Request, Response } from 'express'
import type { Realtime } from '@steadystream/server'
import type { Runs } from '../runs/runs.ts'

/** Longest text that is judged, in characters: it travels in the URL. */
const maxTextLength = 8000

/** The streams that begin with a question: the council and the evaluation of a text. */
export function studioRoutes(realtime: Realtime, runs: Runs): Router {
  const router = Router()

  router.get('/api/stream/council-score', async (req, res) => {
    const [videoUrl, transcript, features] = ['videoUrl', 'transcript', 'features'].map((name) => textOf(req, name))
    if (!transcript) return badText(res, 'transcript')
    const script = { videoUrl: videoUrl ?? '', transcript, seconds: secondsIn(features ?? '') }
    const channel = await runs.open('council_score', script, resumes(req))
    realtime.node(req, res, { channel, from: 'start' })
  })

  router.get('/api/stream/evaluate-creative', async (req, res) => {
    const content = textOf(req, 'content')
    const type = creativeTypes.find((each) => each === (textOf(req, 'type') ?? 'script'))
    if (!content) return badText(res, 'content')
    if (!type) return refuse(res, 400, 'BAD_REQUEST', `type must be one of ${creativeTypes.join(', ')}.`)
    const channel = await runs.open('creative_evaluation', { content, type }, resumes(req))
    realtime.node(req, res, { channel, from: 'start' })
  })

  return router
}

function textOf(req: Request, name: string): string | undefined {
  const value = req.query[name]
  return typeof value === 'string' && value.trim() !== '' && value.length <= maxTextLength ? value : undefined
}

function badText(res: Response, name: string): void {
  refuse(res, 400, 'BAD_REQUEST', `${name} must be a text of 1 to ${maxTextLength} characters.`)
}

/** Whether the client has seen a part already. */
function resumes(req: Request): boolean {
  return req.get('Last-Event-ID') !== undefined || req.query['lastEventId'] !== undefined
}
