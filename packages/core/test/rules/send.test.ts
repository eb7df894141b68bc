import { describe, expect, it } from 'vitest'

import { StreamError } from '../../src/index.ts'
import { openScripted } from '../support/open-scripted.ts'
import { openTransports, scriptTransport } from '../support/scripted-transport.ts'

import type { SendData, Transport } from '../../src/transports/transport.ts'

/** A transport that sends, and says of each message what the test wants. */
function sending(answer: ReturnType<NonNullable<Transport['send']>> = 'sent') {
  const sent: SendData[] = []
  const transport = scriptTransport('websocket', {
    send(data) {
      sent.push(data)
      return answer
    },
  })
  return { transport, sent }
}

describe('send', () => {
  it.each(['sent', 'queued', 'refused'] as const)(
    'hands on to the transport, and says %s as it does',
    async (answer) => {
      const { transport, sent } = sending(answer)
      const { stream, clock } = openTransports([transport])
      await clock.advance(0)
      const bytes = Uint8Array.of(1, 2)
      expect([stream.send('hello'), stream.send(bytes)]).toEqual([answer, answer])
      expect(sent).toEqual(['hello', bytes])
    },
  )

  it('refuses before the start, and after the end', async () => {
    const { transport, sent } = sending()
    const { stream, clock } = openTransports([transport], { autoStart: false })
    expect(stream.send('too early')).toBe('refused')
    stream.start()
    await clock.advance(0)
    expect(stream.send('now')).toBe('sent')
    stream.close()
    expect(stream.send('too late')).toBe('refused')
    stream.start()
    expect(stream.send('again')).toBe('sent')
    expect(sent).toEqual(['now', 'again'])
  })

  it('leaves what comes between two links to the queue of the transport', async () => {
    const { transport, sent } = sending('queued')
    const { stream, clock } = openTransports([transport])
    await clock.advance(0)
    transport.link().ended()
    await clock.advance(0)
    expect([stream.state, stream.send('meanwhile'), sent]).toEqual(['retrying', 'queued', ['meanwhile']])
  })

  it('refuses over a transport that cannot send', async () => {
    const { stream, clock } = openScripted()
    await clock.advance(0)
    expect(stream.send('hello')).toBe('refused')
  })

  it('goes over the transport in use, and no other', async () => {
    const first = scriptTransport('sse')
    const { transport, sent } = sending()
    const { stream, clock } = openTransports([first, transport])
    await clock.advance(0)
    expect(stream.send('over sse')).toBe('refused')
    first.link().failed(new StreamError('NO_BODY', 'blocked', { retryable: false }))
    await clock.advance(0)
    expect([stream.transport, stream.send('over the socket'), sent]).toEqual(['websocket', 'sent', ['over the socket']])
  })
})
