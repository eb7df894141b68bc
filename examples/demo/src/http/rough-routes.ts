import { Router } from 'express'
import { answerTo, blockOf, isGarbled, isManner, lastNumber } from '../lab/rough-server.ts'
import { refuse } from './errors.ts'
import type { Request, Response } from 'express'
import type { Answer, Manner, RoughLog } from '../lab/rough-server.ts'

const visitPattern = /^[a-z0-9]{8,32}$/
const betweenMs = 60
/** Milliseconds after which a connection that says nothing is given up on this side, too. */
const longestMs = 60_000
const maxLinks = 50
const keptVisits = 100

interface Visit extends RoughLog {
  readonly since: number
  readonly manner: Manner
}

/** A server such as others have: plain event streams, and bad manners. The library's own client has to cope with it. */
export function roughRoutes(): Router {
  const router = Router()
  const visits = new Map<string, Visit>()
  let links = 0

  function visitOf(visitId: string, manner: Manner): Visit {
    const visit = visits.get(visitId) ?? { manner, since: Date.now(), requests: [], sent: new Set<number>() }
    visits.set(visitId, visit)
    const [oldest] = visits.keys()
    if (visits.size > keptVisits && oldest !== undefined) visits.delete(oldest)
    return visit
  }

  router.get('/api/lab/rough/:visitId/stream', (req, res) => {
    const { manner } = req.query
    const { visitId } = req.params
    if (!visitPattern.test(visitId) || !isManner(manner)) return refuse(res, 400, 'BAD_REQUEST', 'No such visit.')
    if (links >= maxLinks) return refuse(res, 503, 'BUSY', 'Too many visitors at a time.')
    const visit = visitOf(visitId, manner)
    if (visit.requests.length < 1000) visit.requests.push(Date.now() - visit.since)
    links += 1
    res.on('close', () => (links -= 1))
    perform(res, visit, answerTo(visit.manner, seenBy(req)))
  })

  router.get('/api/lab/rough/:visitId/log', (req, res) => {
    const visit = visits.get(req.params.visitId)
    if (!visit) return refuse(res, 404, 'NO_SUCH_VISIT', 'This server knows no such visit.')
    const { manner, requests, sent } = visit
    const garbled = [...sent].filter((n) => isGarbled(manner, n))
    res.set('Cache-Control', 'no-store').json({ requests, sent: sent.size, garbled: garbled.length })
  })

  return router
}

/** Whatever somebody writes there. */
function seenBy(req: Request): number {
  const seen = Number(req.get('Last-Event-ID'))
  return seen >= 0 ? Math.min(lastNumber, Math.floor(seen)) : 0
}

function perform(res: Response, { manner, sent }: Visit, answer: Answer): void {
  const ending = setTimeout(() => res.destroy(), longestMs)
  res.on('close', () => clearTimeout(ending))
  if (answer.status === undefined) return
  if (answer.status !== 200) return void res.status(answer.status).end()
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
  res.write(': hello\n\n')
  const left = [...answer.numbers]
  const timer = setInterval(() => {
    const n = left.shift()
    if (n !== undefined) {
      sent.add(n)
      res.write(blockOf(manner, n))
      return
    }
    clearInterval(timer)
    if (answer.after === 'end') res.end()
    if (answer.after === 'cut') res.destroy()
  }, betweenMs)
  res.on('close', () => clearInterval(timer))
}
