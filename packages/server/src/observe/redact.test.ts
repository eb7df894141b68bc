import { describe, expect, it } from 'vitest'

import { createRedactor } from './redact.ts'

const redactor = createRedactor(['pass-key'])
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dGhlc2ln'

describe('redacting', () => {
  it.each([
    ['a bearer header in a text', 'sent Bearer abc.def-1 twice', 'sent Bearer [redacted] twice'],
    ['the subprotocol that bears a token', 'bearer.c2VjcmV0, steadystream.v1', 'bearer.[redacted], steadystream.v1'],
    ['a token in a URL', '/ws?jobId=7&token=s3cret#x', '/ws?jobId=7&token=[redacted]#x'],
    ['a user in a URL', 'GET /ws?userId=mary HTTP/1.1', 'GET /ws?userId=[redacted] HTTP/1.1'],
    ['the parameter that the option names', '/ws?pass-key=s3cret', '/ws?pass-key=[redacted]'],
    ['a JSON web token by itself', `it was ${jwt}.`, 'it was [redacted].'],
  ])('security 29: hides %s', (_, text, shown) => {
    expect(redactor.value(text)).toBe(shown)
  })

  it('security 29: hides fields by name, however deep', () => {
    const fields = {
      req: { headers: { authorization: 'Basic a', Cookie: 'sid=1', accept: '*/*' } },
      list: [{ access_token: 'a' }, { refreshToken: 'b' }, { 'api-key': 'c' }, { tokens: 3 }],
    }
    expect(redactor.value(fields)).toEqual({
      req: { headers: { authorization: '[redacted]', Cookie: '[redacted]', accept: '*/*' } },
      list: [
        { access_token: '[redacted]' },
        { refreshToken: '[redacted]' },
        { 'api-key': '[redacted]' },
        { tokens: 3 },
      ],
    })
  })

  it.each([
    ['line ends', 'a\r\n12:00 admin logged in', 'a\\u{d}\\u{a}12:00 admin logged in'],
    ['terminal escapes', '\u001B[2Jgone\u0007', '\\u{1b}[2Jgone\\u{7}'],
    ['text direction', 'a\u202Eb', 'a\\u{202e}b'],
    ['line separators', 'a\u2028b', 'a\\u{2028}b'],
    ['lone surrogates', 'a\uD800b', 'a\\u{d800}b'],
  ])('security 29: escapes %s', (_, text, shown) => {
    expect(redactor.value({ text, [text]: 1 })).toEqual({ text: shown, [shown]: 1 })
  })

  it('gives what needs no change back as it is', () => {
    const error = new TypeError('plain')
    const value = { channel: 'job:7', at: new Date(0), count: 3, error, list: ['ä', '日本', '🎉'], none: undefined }
    expect(redactor.value(value)).toBe(value)
  })

  it('keeps an error one of its class, and its stack several lines', () => {
    class BrokerError extends Error {
      readonly code = 'DOWN'
    }
    const error = new BrokerError('no route\nto Bearer abc', { cause: new Error('token=x at ?token=x') })
    const shown = redactor.value(error)
    expect(shown).toBeInstanceOf(BrokerError)
    expect(shown).toMatchObject({
      message: 'no route\\u{a}to Bearer [redacted]',
      code: 'DOWN',
      cause: { message: 'token=x at ?token=[redacted]' },
    })
    const lines = (shown as Error).stack?.split('\n') ?? []
    expect(lines[0]).toBe('Error: no route\\u{a}to Bearer [redacted]')
    expect(lines[1]).toMatch(/^ +at /)
    expect(error.message).toContain('abc')
  })

  it('hides what hangs on an error', () => {
    const error = Object.assign(new Error('failed'), { config: { headers: { Authorization: 'Bearer abc' } } })
    expect(redactor.value(error)).toMatchObject({ config: { headers: { Authorization: '[redacted]' } } })
  })

  it('bounds depth, cycles and length', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    expect(JSON.stringify(redactor.value(cycle))).toContain('[too deep]')
    expect(String(redactor.value('x'.repeat(100_000)))).toHaveLength(8193)
    const endless = new Error('endless')
    endless.cause = endless
    expect(redactor.value(endless)).toBeInstanceOf(Error)
  })
})
