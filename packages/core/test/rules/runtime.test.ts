import { afterEach, describe, expect, it, vi } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

describe('the page', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })

  it('trap 54: may refuse access to its storage', async () => {
    const access = vi.fn(() => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    })
    const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: access })
    // Without this, the runtime counts as Node, where nobody looks for a storage.
    vi.stubGlobal('process', { ...process, versions: {} })
    const { server, clock, told } = openScripted()
    await clock.advance(0)
    server.connection(0).push(1)
    await clock.advance(0)
    if (before) Object.defineProperty(globalThis, 'localStorage', before)
    else Reflect.deleteProperty(globalThis, 'localStorage')
    expect(access).toHaveBeenCalled()
    expect(told('data')).toEqual(['1'])
  })

  it('trap 55: is left no listener that would keep a closed stream alive', async () => {
    const target = () => {
      const listening = new Set<unknown>()
      return {
        listening,
        addEventListener(_: string, listener: unknown, { signal }: AddEventListenerOptions = {}) {
          listening.add(listener)
          signal?.addEventListener('abort', () => listening.delete(listener))
        },
        removeEventListener: (_: string, listener: unknown) => void listening.delete(listener),
      }
    }
    const page = { window: target(), document: { ...target(), baseURI: 'http://stream.test/' } }
    vi.stubGlobal('window', page.window)
    vi.stubGlobal('document', page.document)
    vi.stubGlobal('addEventListener', page.window.addEventListener)
    vi.stubGlobal('removeEventListener', page.window.removeEventListener)
    const { server, clock, stream } = openScripted()
    server.flap(2)
    await clock.advance(10_000)
    expect(stream.state).toBe('connected')
    expect([page.window.listening.size, page.document.listening.size]).toEqual([4, 3])
    stream.close()
    await clock.advance(10_000)
    expect([page.window.listening.size, page.document.listening.size]).toEqual([0, 0])
  })
})
