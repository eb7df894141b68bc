import { closeCodes } from '@steadystream/core/protocol'

import { encode } from './envelopes.ts'

import type { RawData } from 'ws'
import type { Session } from '../session.ts'

// Enough for a client of a later version that tries what is new, too few to keep a server busy.
const maxErrors = 10

const pong = encode({ type: 'pong' })
const notUnderstood = encode({ type: 'error', code: 'BAD_REQUEST', message: 'only {"type":"ping"} is understood here' })

/** Takes what one client says, one envelope in a text frame; never trusts it. */
export function createCommands(session: Session): (data: RawData, isBinary: boolean) => void {
  let errors = 0
  return (data, isBinary) => {
    if (!session.isOpen) return
    if (!isBinary && isPing(data)) return session.write(pong)
    session.write(notUnderstood)
    if (++errors >= maxErrors) session.end({ ...closeCodes.tooManyErrors, reconnect: false })
  }
}

function isPing(data: RawData): boolean {
  try {
    // A frame comes as one Buffer, of which `toString` is the text. What was parsed is looked at with care.
    const envelope: unknown = JSON.parse((data as Buffer).toString())
    return typeof envelope === 'object' && envelope !== null && 'type' in envelope && envelope.type === 'ping'
  } catch {
    return false
  }
}
