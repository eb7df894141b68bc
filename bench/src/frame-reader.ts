const ping = 0x9
// Masked, as what a client sends has to be; with nothing in it there is nothing to mask.
export const pongFrame = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])

/**
 * Takes the bytes of a WebSocket's server and hands on what stands within its frames, so that no length is taken for an
 * event. Knows as much of RFC 6455 as that takes.
 */
export function createFrameReader(onPayload: (bytes: Buffer) => void, onPing: () => void): (chunk: Buffer) => void {
  let left = 0
  let started: Buffer | undefined
  return (chunk) => {
    let bytes = started ? Buffer.concat([started, chunk]) : chunk
    started = undefined
    while (bytes.length > 0) {
      if (left === 0) {
        const header = readHeader(bytes)
        if (!header) {
          // Not a view: the buffer is read into again.
          started = Buffer.from(bytes)
          return
        }
        left = header.payload
        bytes = bytes.subarray(header.length)
        if (header.opcode === ping) onPing()
      }
      const payload = bytes.subarray(0, left)
      if (payload.length > 0) onPayload(payload)
      left -= payload.length
      bytes = bytes.subarray(payload.length)
    }
  }
}

function readHeader(bytes: Buffer): { length: number; payload: number; opcode: number } | undefined {
  const [first = 0, second = 0] = bytes
  const length = second === 127 ? 10 : second === 126 ? 4 : 2
  if (bytes.length < length) return undefined
  const payload = length === 10 ? bytes.readUIntBE(4, 6) : length === 4 ? bytes.readUInt16BE(2) : second
  return { length, payload, opcode: first & 0xf }
}
