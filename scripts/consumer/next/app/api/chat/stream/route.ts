import { chatRealtime } from '../../../chat-channel'

export const dynamic = 'force-dynamic'

export const GET = (request: Request) => chatRealtime().fetch(request, { channel: 'chat' })
