import { StreamError } from '../../src/index.ts'
import { scriptTransport } from '../support/scripted-transport.ts'

export type Triple = readonly [
  ReturnType<typeof scriptTransport>,
  ReturnType<typeof scriptTransport>,
  ReturnType<typeof scriptTransport>,
]

export const blocked = () => new StreamError('CONTENT_TYPE', 'a page of a proxy', { retryable: false })

export const three = () => ['sse', 'websocket', 'polling'].map((name) => scriptTransport(name)) as unknown as Triple // three of them
