import { describe, expect, it } from 'vitest'

import { corsHeaders, preflightHeaders, readCors } from './cors.ts'

import type { CorsOptions } from './cors.ts'

const app = 'https://app.example'

describe('corsHeaders', () => {
  it('says nothing without the option', () => {
    expect(corsHeaders(undefined, app)).toEqual({})
    expect(preflightHeaders(undefined, 'GET')).toEqual({})
  })

  it('security 4: echoes a listed origin and names what the answer varies by', () => {
    expect(corsHeaders(readCors({ origins: [app] }), app)).toEqual({
      'Access-Control-Allow-Origin': app,
      'Access-Control-Expose-Headers': 'Retry-After',
      Vary: 'Origin',
    })
  })

  it('allows credentials only where asked to', () => {
    const headers = corsHeaders(readCors({ origins: [app], credentials: true }), app)
    expect(headers['Access-Control-Allow-Credentials']).toBe('true')
  })

  it.each([undefined, 'null', 'https://app.example.evil.test', 'http://app.example', 'https://app.example:444'])(
    'security 4: allows nothing to %s',
    (origin) => {
      expect(corsHeaders(readCors({ origins: [app] }), origin)).toEqual({ Vary: 'Origin' })
    },
  )

  it('allows any origin, without credentials', () => {
    expect(corsHeaders(readCors({ origins: '*' }), app)).toEqual({
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'Retry-After',
    })
  })

  it('answers a preflight with the headers that the client sends', () => {
    expect(preflightHeaders(readCors({ origins: [app] }), 'GET, OPTIONS')).toEqual({
      'Access-Control-Allow-Methods': 'GET, OPTIONS',
      'Access-Control-Allow-Headers': 'Last-Event-ID, Authorization, Content-Type, Cache-Control',
      'Access-Control-Max-Age': '7200',
    })
  })
})

describe('readCors', () => {
  it.each([
    ['* with credentials', { origins: '*', credentials: true }, 'cors.origins must list origins'],
    ['the null origin', { origins: ['null'] }, 'must hold origins such as "https://app.example", got "null"'],
    ['an origin with a path', { origins: ['https://app.example/'] }, 'got "https://app.example/"'],
    ['a bare host', { origins: ['app.example'] }, 'got "app.example"'],
    ['a text', { origins: app }, "cors.origins must be an array or '*', got"],
    ['no origins', {}, "cors.origins must be an array or '*', got undefined"],
    ['credentials as text', { origins: [app], credentials: 'yes' }, 'cors.credentials must be a boolean, got "yes"'],
    ['another name', { origin: app }, 'cors.origin is not an option; known: origins, credentials'],
  ])('security 4: refuses %s', (_, options, message) => {
    // On purpose what the type forbids.
    expect(() => readCors(options as CorsOptions)).toThrow(TypeError)
    expect(() => readCors(options as CorsOptions)).toThrow(message)
  })
})
