import { generate } from '../../../../lib/chat'

export const runtime = 'nodejs'

export async function POST(): Promise<Response> {
  return Response.json({ messages: await generate() }, { status: 201 })
}
