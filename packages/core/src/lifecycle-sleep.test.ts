import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { afterEach, describe, expect, test, vi } from 'vitest'

import { stubPage, watch } from '../test/support/watch-page.ts'

afterEach(() => void vi.unstubAllGlobals())

describe('sleep', () => {
  test('is not told while ticks come in time, or up to 5 s late', async () => {
    const { told, clock } = watch()
    await clock.advance(3_600_000)
    clock.jump(15_000)
    await clock.advance(0)
    expect(told).toEqual([])
  })

  test('trap 44: is told when a tick comes later than that', async () => {
    const { told, clock } = watch()
    await clock.advance(12_000)
    clock.jump(60_000)
    await clock.advance(0)
    expect(told).toEqual(['hint wake'])
    await clock.advance(60_000)
    expect(told).toHaveLength(1)
  })

  test('trap 44: is told by the wall clock alone, where the other stood still', async () => {
    const { told, clock } = watch()
    await clock.advance(5000)
    clock.setWallTime(clock.wallNow() + 3_600_000)
    await clock.advance(5000)
    expect(told).toEqual(['hint wake'])
  })

  test('is told by the other clock alone, where the wall clock was set back', async () => {
    const { told, clock } = watch()
    clock.jump(60_000)
    clock.setWallTime(0)
    await clock.advance(0)
    expect(told).toEqual(['hint wake'])
  })

  test('is not told of a wall clock that is set back', async () => {
    const { told, clock } = watch()
    clock.setWallTime(0)
    await clock.advance(60_000)
    expect(told).toEqual([])
  })

  test('trap 42: is not told of a hidden tab whose timers run once a minute', async () => {
    const { show } = stubPage()
    const { told, clock } = watch()
    show(false)
    for (let minute = 0; minute < 10; minute++) {
      clock.jump(60_000)
      await clock.advance(0)
    }
    expect(told).toEqual([])
    clock.jump(3_600_000)
    await clock.advance(0)
    expect(told).toEqual(['hint wake'])
  })

  test('is all that is known without a page', async () => {
    vi.stubGlobal('window', new EventTarget())
    const { told, clock } = watch({ whenHidden: { pauseAfterMs: 1 } })
    clock.jump(60_000)
    await clock.advance(0)
    expect(told).toEqual(['hint wake'])
  })

  test('keeps no process alive', () => {
    const file = fileURLToPath(new URL('lifecycle.ts', import.meta.url))
    const tsx = import.meta.resolve('tsx')
    const program = `import { watchLifecycle } from ${JSON.stringify(file)}
      import { systemClock as clock } from ${JSON.stringify(fileURLToPath(new URL('env.ts', import.meta.url)))}
      watchLifecycle({ clock, whenHidden: 'keep', on: () => {} })
      console.log('watching')`
    const args = ['--import', tsx, '--input-type=module', '--eval', program]
    const { stdout, status } = spawnSync(process.execPath, args, { timeout: 8000, encoding: 'utf8' })
    expect([stdout, status]).toEqual(['watching\n', 0])
  })
})
