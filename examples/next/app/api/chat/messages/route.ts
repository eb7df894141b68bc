import { recentMessages } from '../../../../lib/chat'

export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

export function GET(): Response {
  return Response.json({ messages: recentMessages() }, { headers: { 'Cache-Control': 'no-store' } })
}
