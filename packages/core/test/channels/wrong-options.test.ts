import { describe, expect, it, onTestFinished } from 'vitest'

import { createChannelClient, createStreamManager } from '../../src/index.ts'

/** Subscribes with what the compiler does not see. */
function subscribe(handlers: object, options: object = {}) {
  const manager = createStreamManager()
  onTestFinished(() => manager.cleanupAll())
  const client = createChannelClient({ manager, url: 'https://nobody.test/', autoStart: false })
  return () => client.subscribe('news', handlers, options)
}

describe('a subscription throws, naming what is wrong, for', () => {
  it.each([
    ['schema', 'price', 'schema must be object|function, got "price"'],
    ['schema', null, 'schema must be object|function, got null'],
    ['getState', { url: '/state' }, 'getState must be function|undefined, got [object Object]'],
    ['getState', null, 'getState must be function|undefined, got null'],
    ['from', 'begin', 'from must be "now"|"start", got "begin"'],
    ['from', 7, 'from must be "now"|"start", got 7'],
    ['form', 'start', 'unknown option form'],
  ])('the option %s %j', (name, value, message) =>
    expect(subscribe({}, { [name]: value })).toThrow(new TypeError(message)),
  )

  it.each([
    ['onSubscribed', true, 'onSubscribed must be function|undefined, got true'],
    ['onData', 'log', 'onData must be function, got "log"'],
    ['onMessage', () => {}, 'unknown handler onMessage'],
  ])('the handler %s %j', (name, value, message) =>
    expect(subscribe({ [name]: value })).toThrow(new TypeError(message)),
  )
})

it('takes what is right, and what is not set', () => {
  const schema = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } }
  const callable = Object.assign(() => {}, schema)
  const rights = [{}, { schema }, { schema: callable }, { from: 'e:1', getState() {} }, { from: undefined }]
  for (const options of [...rights, { schema: undefined, getState: undefined }])
    expect(subscribe({ onSubscribed: undefined, onData() {} }, options)).not.toThrow()
})
