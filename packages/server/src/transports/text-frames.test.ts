import { describe, expect, it } from 'vitest'
import * as library from 'ws'

import { textFrames } from './text-frames.ts'

import type { Writable } from 'node:stream'

// Its types leave out this export.
const { Receiver } = library as unknown as { Receiver: new (options: object) => Writable }

const kibibyte = 1024

/** What an implementation of RFC 6455 makes of frames. */
async function receive(frames: readonly Uint8Array[]): Promise<string[]> {
  const messages: string[] = []
  const receiver = new Receiver({ isServer: false, maxPayload: 1024 * kibibyte })
  receiver.on('message', (data: Buffer, isBinary: boolean) => messages.push(isBinary ? 'binary' : data.toString()))
  for (const frame of frames) await new Promise((resolve) => receiver.write(Buffer.from(frame), resolve))
  return messages
}

describe('textFrames', () => {
  it.each([1, 125, 126, 127, 65_000, 63 * kibibyte, 63 * kibibyte + 1, 200_000])(
    'frames a text of %i bytes',
    async (length) => {
      const text = 'x'.repeat(length)
      expect(await receive(textFrames(Buffer.from(text)))).toEqual([text])
    },
  )

  it('makes fragments of which a session slices none, so that a control frame finds a place between them', () => {
    const frames = textFrames(Buffer.alloc(200_000))
    expect(frames.map(({ length }) => length <= 64 * kibibyte)).toEqual([true, true, true, true])
    expect(frames.map(([first]) => first)).toEqual([0x01, 0x00, 0x00, 0x80])
  })

  it('does not cut what counts in bytes between two characters of the reader', async () => {
    const text = 'ä€😀'.repeat(30_000)
    expect(await receive(textFrames(Buffer.from(text)))).toEqual([text])
  })
})
