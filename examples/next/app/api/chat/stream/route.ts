import { startSchedule } from '../../../../lib/chat'
import { realtime } from '../../../../lib/realtime'

export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

export function GET(request: Request): Promise<Response> {
  startSchedule()
  return realtime.fetch(request, { channel: 'chat' })
}
