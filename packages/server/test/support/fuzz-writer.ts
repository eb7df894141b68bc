/** Makes up what nobody should send. The same seed makes up the same. */
export interface FuzzWriter {
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  pick<T>(from: readonly T[]): T
  /** What JSON could hold, with names that mean something to the protocol or to JavaScript. */
  value(depth?: number): unknown
  /** A command, or JSON, or nearly so. */
  text(): string
  query(): string
  /** A value that Node lets a client send. */
  header(): string
  /** A frame of a WebSocket, or bytes that look like one: any opcode, length and reserved bits, masked or not. */
  frame(): Buffer
  /** What begins as a request of HTTP/1.1 and may go on as anything. */
  request(): string
}

const words = ['subscribe', 'unsubscribe', 'publish', 'auth', 'ping', 'type', 'channel', 'channels', 'commands', 'session', 'position', 'from', 'start', 'data', 'id', 'userId', 'wait', 'token', 'a', 'job:7', 'alerts:@ann', '__proto__', 'constructor', 'e:1', '-', '!', '\0', '\r\n', '\ud800', '🎬', 'x'.repeat(300)] // prettier-ignore
const fields = ['Host: a', 'Last-Event-ID: e:1', 'Content-Length: 5', 'Content-Length: -1', 'Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked', 'Upgrade: websocket', 'Connection: upgrade', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Key: ?', 'Sec-WebSocket-Protocol: ,,', 'Content-Type: application/json', 'Expect: 100-continue', 'Origin: null', 'Cookie: \u00ff', 'Bad Header', ': none', `Long: ${'x'.repeat(20_000)}`] // prettier-ignore

export function fuzzWriter(seed: number): FuzzWriter {
  const random = seeded(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T // it is never empty
  const some = <T>(most: number, make: () => T) => Array.from({ length: below(most) }, make)

  function value(depth = 0): unknown {
    const kind = random()
    if (kind < 0.5 || depth > 4) return pick([...words, 5, -1, 1e300, null, true, ''])
    const parts = some(4, () => value(depth + 1))
    return kind < 0.65 ? parts : Object.fromEntries(parts.map((part) => [pick(words), part]))
  }

  function garble(text: string): string {
    const at = below(text.length)
    return text.slice(0, at) + pick([...words, '{', '}', '"', '\\']) + text.slice(at + below(5))
  }

  function text(): string {
    const command = { type: pick(words.slice(0, 5)), channel: value(3), position: value(4), data: value(1) }
    const plain = JSON.stringify(random() < 0.6 ? { ...command, [pick(words)]: value(2) } : value())
    return random() < 0.3 ? garble(plain) : plain
  }

  function query(): string {
    const escape = random() < 0.8 ? encodeURIComponent : (part: string) => part.replace(/[^\x21-\x7e]|#/g, '%')
    const pair = () => [pick(words), pick(words)].map((word) => escape(word.slice(0, 40).toWellFormed())).join('=')
    return some(4, pair).join('&')
  }

  function frame(): Buffer {
    const payload = Buffer.from(random() < 0.7 ? text() : String.fromCharCode(...some(20, () => below(256))), 'latin1')
    const isMasked = random() < 0.8
    const lengths = [payload.length, payload.length, below(126), 126, 127]
    const length = Math.min(pick(lengths), 127)
    const size = length < 126 ? 0 : length === 126 ? 2 : 8
    const extended = Buffer.alloc(size, random() < 0.5 ? 0 : 255)
    if (size > 0 && random() < 0.7) extended.fill(0).writeUInt16BE(payload.length, size - 2)
    const first = random() < 0.6 ? 0x81 : below(256)
    const head = Buffer.from([first, (isMasked ? 0x80 : 0) | length])
    // Masked with zeros, it stays as it is.
    return Buffer.concat([head, extended, Buffer.alloc(isMasked ? 4 : 0), payload])
  }

  function request(): string {
    const method = pick(['GET', 'POST', 'OPTIONS', 'HEAD', 'PATCH', 'get', 'CONNECT', 'PRI', ''])
    const target = pick([`/events?${query()}`, '/ws', '/ws/alerts', '//', 'http://[', '*', '/%', pick(words)])
    const lines = [
      `${method} ${target} ${pick(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/9'])}`,
      ...some(8, () => pick(fields)),
    ]
    const whole = `${lines.join('\r\n')}\r\n\r\n${random() < 0.3 ? text() : ''}`
    return random() < 0.3 ? garble(whole) : whole
  }

  const header = () => pick(words).replace(/[^\x21-\x7e]/g, '?') || 'e'
  return { random, pick, value, text, query, header, frame, request }
}

/** Numbers from 0 to 1 that can be repeated: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
