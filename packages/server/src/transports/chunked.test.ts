import { describe, expect, it } from 'vitest'

import { chunk } from './chunked.ts'

describe('chunk', () => {
  it.each([
    ['a', '1\r\na\r\n'],
    ['data: "ä"\n\n', 'c\r\ndata: "ä"\n\n\r\n'],
    ['x'.repeat(0x1234), `1234\r\n${'x'.repeat(0x1234)}\r\n`],
  ])('puts the length in bytes before, and line ends around it', (text, framed) => {
    expect(chunk(Buffer.from(text)).map(String)).toEqual([framed])
  })

  it('makes no empty chunk, which would end the response', () => {
    expect(chunk(Buffer.alloc(0))).toEqual([])
  })
})
