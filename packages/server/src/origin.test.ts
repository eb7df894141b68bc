import { describe, expect, it } from 'vitest'

import { readCors } from './cors.ts'
import { judgeOrigin } from './origin.ts'

describe('security 3: judgeOrigin', () => {
  it.each([
    [undefined, 'app.example', 'same'],
    ['https://app.example', 'app.example', 'same'],
    ['https://app.example', 'app.example:443', 'same'],
    ['http://app.example', 'app.example:80', 'same'],
    ['http://app.example:8000', 'app.example:8000', 'same'],
    ['https://app.example', 'APP.example', 'same'],
    ['http://[::1]:80', '[::1]', 'refused'],
    ['https://app.example', 'app.example:80', 'refused'],
    ['https://app.example:8000', 'app.example', 'refused'],
    ['https://app.example/', 'app.example', 'refused'],
    ['https://app.example', 'app.example@evil.example', 'refused'],
    ['https://app.example', undefined, 'refused'],
    ['https://app.example', '', 'refused'],
    ['null', 'null', 'refused'],
    ['file://', '', 'refused'],
    ['', 'app.example', 'refused'],
    ['https://other.example', 'app.example', 'allowed'],
    ['https://other.example.evil', 'app.example', 'refused'],
  ])('finds %j at %j %s', (origin, host, verdict) => {
    expect(judgeOrigin(readCors({ origins: ['https://other.example'] }), origin, host)).toBe(verdict)
  })

  it('allows any where the option does', () => {
    expect(judgeOrigin(readCors({ origins: '*' }), 'null', 'app.example')).toBe('allowed')
    expect(judgeOrigin(undefined, 'https://other.example', 'app.example')).toBe('refused')
  })
})
