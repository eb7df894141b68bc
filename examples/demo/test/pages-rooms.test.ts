import { describe, expect, it, vi } from 'vitest'
import { fact, isBlind, visitDemo } from './pages.ts'
import { expectOwnAlert } from './own-alert.ts'
import type { Page } from 'playwright-core'

interface Stats {
  readonly sse: { readonly totalConnections: number }
  readonly websocket: { readonly totalConnections: number; readonly clients: readonly { readonly clientId: string }[] }
  readonly channels: { readonly channels: readonly { readonly channel: string; readonly subscribers: number }[] }
}

interface RoughLog {
  readonly requests: readonly number[]
  readonly sent: number
  readonly garbled: number
}

const patience = { timeout: 30_000, interval: 100 }
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
/** Its name goes on with how the streams are. */
const cutAll = (page: Page) => page.getByRole('button', { name: 'Cut all' }).click()
const number = async (page: Page, name: string) =>
  parseInt(((await fact(page, name).textContent()) ?? '').replaceAll(',', ''), 10)
const eventually = (page: Page, name: string, least: number) =>
  vi.waitFor(async () => expect(await number(page, name)).toBeGreaterThanOrEqual(least), patience)

describe.skipIf(isBlind)('the rooms of the lab', () => {
  // A heartbeat that can be waited for.
  const visit = visitDemo({ KEEP_ALIVE_MS: '500' })
  const stats = () => visit().get<Stats>('/api/realtime/stats')
  const followed = async () => (await stats()).channels.channels.map(({ channel }) => channel)

  it('speaks the plain protocol by hand, and shows every message as it came', async () => {
    const page = await visit().open('/lab/wire')
    const log = page.getByRole('list', { name: 'Messages' })
    const messages = async (type: string) =>
      (await log.locator('[data-kind="in"] code').allTextContents())
        .map((text) => JSON.parse(text) as Record<string, unknown>)
        .filter((message) => message['type'] === type)
    await press(page, 'Connect')
    await eventually(page, 'wire-connected', 1)
    const [greeting] = await messages('connected')
    expect(greeting).toEqual({
      type: 'connected',
      message: expect.any(String) as string,
      clientId: expect.stringMatching(/^ws_/) as string,
      timestamp: expect.any(String) as string,
    })
    expect((await stats()).websocket.clients.map(({ clientId }) => clientId)).toContain(greeting?.['clientId'])
    await eventually(page, 'wire-heartbeat', 1)
    expect((await messages('heartbeat'))[0]).toEqual({
      type: 'heartbeat',
      serverTime: expect.any(String) as string,
    })
    await press(page, 'Ping')
    await page.getByLabel('A line of your own').fill('{"type":"ping"}')
    await press(page, 'Send')
    await eventually(page, 'wire-pong', 2)

    const pick = (label: string) => page.getByLabel('Channel', { exact: true }).selectOption({ label })
    const labels = ['live_metrics:spring', 'campaign_metrics:spring', 'ab_test_results:spring-variants', 'alerts:@ann']
    for (const label of labels) {
      await pick(label)
      await press(page, 'Subscribe')
    }
    await vi.waitFor(async () => expect(await followed()).toEqual(expect.arrayContaining(labels)), patience)
    await pick('alerts:@bob')
    await press(page, 'Subscribe')
    await eventually(page, 'wire-error', 1)
    expect((await messages('error'))[0]).toMatchObject({ code: 'FORBIDDEN', channel: 'alerts:@bob' })

    await expectOwnAlert(page, messages)
    for (const type of ['live_metrics', 'campaign_metrics', 'ab_test_results'] as const) {
      await vi.waitFor(async () => expect(await messages(type)).not.toEqual([]), patience)
    }

    await pick('live_metrics:spring')
    await press(page, 'Unsubscribe')
    await pick('alerts:@bob')
    // Another id than the one that is followed: all of the type go.
    await press(page, 'Unsubscribe all of its type')
    const left = ['campaign_metrics:spring', 'ab_test_results:spring-variants']
    await vi.waitFor(async () => expect((await followed()).sort()).toEqual(left.sort()), patience)
    // The plain protocol resumes nothing: a cut shows as what it is, and the next connection follows nothing.
    await cutAll(page)
    await log.getByText('closed, code 1006').waitFor()
    await vi.waitFor(async () => expect(await followed()).toEqual([]), patience)
    await press(page, 'Connect')
    await vi.waitFor(async () => expect(await messages('connected')).toHaveLength(2), patience)
    expect(await followed()).toEqual([])
    await press(page, 'Disconnect')
    await vi.waitFor(async () => expect((await stats()).websocket.totalConnections).toBe(0), patience)
    await page.context().close()
  })

  it('opens doors to whom they are meant for, and follows many channels over one connection', async () => {
    const page = await visit().open('/lab/wire')
    const doors = page.locator('.doors li b')
    await press(page, 'Try all doors')
    await vi.waitFor(async () => expect(await doors.count()).toBe(5), patience)
    const results = ['connected', 'HTTP 403', 'UNAUTHORIZED 401', 'UNAUTHORIZED 401', 'connected']
    expect(await doors.allTextContents()).toEqual(results)
    // No token of a link stands in the log.
    expect(visit().demo.lines.filter((line) => /token=(?!\[|…|redacted)|Bearer/.test(line))).toEqual([])

    const row = (label: string) => page.locator(`[data-channel="${label}"]`)
    for (const label of ['live_metrics:spring', 'campaign_metrics:spring', 'alerts:@ann', 'alerts:@bob']) {
      await row(label).getByRole('checkbox').check()
    }
    await row('campaign_metrics:spring')
      .getByText(/[1-9]\d* events?, up to/)
      .waitFor()
    await row('alerts:@bob').getByText('not for you').waitFor()
    expect((await stats()).websocket.totalConnections).toBe(1)
    await press(page, 'Publish')
    await row('alerts:@ann').getByText('1 event, up to').waitFor()
    await cutAll(page)
    await page.getByText('1 connection was cut.').waitFor()
    await press(page, 'Publish')
    await row('alerts:@ann').getByText('2 events, up to').waitFor()
    // The session of somebody else opens other doors.
    await page.locator('.choice label', { hasText: 'bob' }).click()
    await page.getByText('Goes to the alerts of bob').waitFor()
    await press(page, 'Try all doors')
    await vi.waitFor(async () => expect(await doors.allTextContents()).toEqual(results), patience)
    await page.getByText('alerts of bob, by the session').waitFor()
    await page.context().close()
  })

  it('brings what can be had of a rough server, and says what cannot', async () => {
    const page = await visit().open('/lab/streams')
    const visited = async (manner: string, options: Record<string, number> = {}) => {
      await page.getByLabel('The server').selectOption(manner)
      for (const [name, value] of Object.entries(options)) await page.getByLabel(name).fill(String(value))
      const [request] = await Promise.all([page.waitForRequest(/\/rough\/\w+\/stream/), press(page, 'Visit it')])
      await vi.waitFor(async () => expect(await fact(page, 'end').textContent()).toMatch(/complete|gave up/), patience)
      const path = new URL(request.url()).pathname.replace('/stream', '/log')
      const log = await visit().get<RoughLog>(path)
      const failure = (await fact(page, 'failure').textContent()) ?? ''
      const states = ((await fact(page, 'path').textContent()) ?? '').split(' → ')
      return { log, failure, states, came: await number(page, 'came'), skipped: await number(page, 'skipped') }
    }

    const garbled = await visited('garbled', { retryDelay: 200 })
    expect(garbled).toMatchObject({ came: 15, skipped: 5, log: { sent: 20, garbled: 5 } })
    expect(garbled.states).toEqual(['connecting', 'connected', 'retrying', 'disconnected'])
    const cut = await visited('cuts')
    expect(cut).toMatchObject({ came: 20, skipped: 0, log: { sent: 20 } })
    expect(cut.states.filter((state) => state === 'connected')).toHaveLength(4)
    expect(cut.log.requests).toHaveLength(5)
    const silent = await visited('silent', { heartbeatInterval: 200 })
    expect(silent).toMatchObject({ came: 20, failure: 'HEARTBEAT', log: { sent: 20 } })
    const mute = await visited('mute', { timeout: 150, maxRetries: 1 })
    expect(mute).toMatchObject({ came: 0, failure: 'TIMEOUT', log: { sent: 0 } })
    expect(mute.states).toEqual(['connecting', 'retrying', 'error'])
    expect(mute.log.requests).toHaveLength(2)
    const refused = await visited('refuses', { maxRetries: 2 })
    expect(refused.log.requests).toHaveLength(3)
    const waits = refused.log.requests.map((at, index) => at - (refused.log.requests[index - 1] ?? 0))
    // The windows of 200 and 400 ms are the least that is waited.
    expect(waits[1]).toBeGreaterThanOrEqual(190)
    expect(waits[2]).toBeGreaterThanOrEqual(390)
    const forbidden = await visited('forbids')
    expect(forbidden.log.requests).toHaveLength(1)
    expect(forbidden.states).toEqual(['connecting', 'error'])
    await page.context().close()
  })

  it('lists the streams of the page, shares their connections, and cleans them up', async () => {
    const page = await visit().open('/lab/streams')
    await page.getByText('Nothing is open.').waitFor()
    await press(page, 'Open one more')
    await page.getByText('connected', { exact: true }).waitFor()
    await press(page, 'Open one more')
    await eventually(page, 'subscribers', 2)
    expect(await number(page, 'connections')).toBe(1)
    expect((await stats()).sse.totalConnections).toBe(1)
    await cutAll(page)
    await page.getByText('2 streams, 1 retry').waitFor()
    await page.getByText('connected', { exact: true }).waitFor()
    await page.getByRole('button', { name: /^Clean up stream_/ }).click()
    await page.getByText('is disconnected now').waitFor()
    await eventually(page, 'connections', 1)
    expect(await number(page, 'subscribers')).toBe(1)
    await press(page, 'Clean up all')
    await page.getByText('Nothing is open.').waitFor()
    await vi.waitFor(async () => expect((await stats()).sse.totalConnections).toBe(0), patience)

    const lines: string[] = []
    page.on('console', (message) => lines.push(message.text()))
    await page.getByLabel('Tell the console what happens inside').check()
    await press(page, 'Plan and write')
    await page.getByText('createGenerationStream follows').waitFor()
    await cutAll(page)
    await page.getByText('Both are complete.').waitFor()
    expect(await fact(page, 'preset-step').textContent()).toBe('done')
    const streamId = await page.locator('[data-stream]').getAttribute('data-stream')
    const wire = await (await fetch(`${visit().demo.origin}/api/generation/stream?streamId=${streamId}`)).text()
    const sent = [...wire.matchAll(/"delta":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => JSON.parse(`"${text}"`) as string)
    expect(await number(page, 'preset-characters')).toBe(sent.join('').length)
    expect(lines.some((line) => line.startsWith('streaming:'))).toBe(true)
    await page.context().close()
  })

  it('shows what the server counts, shapes what is too fast, checks itself, and comes back from a restart', async () => {
    const page = await visit().open('/lab/server')
    await page.getByText('healthy', { exact: true }).waitFor()
    await press(page, 'Open the hose')
    await page.getByText('The server published 3,000 readings to each channel.').waitFor()
    expect(await number(page, 'firehose-readings')).toBe(3000)
    expect(await number(page, 'firehose_batches-readings')).toBe(3000)
    expect(await number(page, 'firehose_batches-peak')).toBeLessThanOrEqual(11)
    expect(await number(page, 'firehose_batches-events')).toBeLessThanOrEqual(32)
    expect(await number(page, 'firehose_latest-events')).toBeLessThanOrEqual(32 * 5)
    for (const type of ['firehose', 'firehose_batches', 'firehose_latest']) {
      expect(await fact(page, `${type}-values`).textContent()).toBe('as sent')
    }
    // Each event is in the server's count, and the end of the connection with its total in its log.
    await eventually(page, 'events-websocket', 3000)
    await page.getByText(/client disconnected clientId=ws_.* eventsSent=3\d\d\d durationMs=\d+/).waitFor()

    for (const name of ['Check the library', 'Its manager', 'Its autopilot', 'Check this server']) {
      await press(page, name)
      await page.getByText(new RegExp(`^${name}: [1-9]\\d* passed, 0 failed`)).waitFor()
    }
    await page.getByText('what was triggered arrives').waitFor()

    const other = await visit().open('/lab/streams')
    await press(other, 'Open one more')
    await eventually(page, 'open-sse', 1)
    await page.getByText('campaign_metrics:spring', { exact: true }).waitFor()
    const gone = page.getByText(/^(draining|cannot be asked)$/).waitFor()
    await Promise.all([gone, press(page, 'Drain and restart')])
    await page.getByText('draining connections=').waitFor()
    await page.getByText('healthy', { exact: true }).waitFor()
    // Who was told to move has come back.
    await eventually(page, 'open-sse', 1)
    await page.getByLabel('Lines with').fill('ready')
    await page.getByText('WebSocket ready on /ws and /ws/alerts').first().waitFor()
    expect(await page.getByText('channel manager ready').count()).toBe(2)
    await Promise.all([page.context().close(), other.context().close()])
  })

  it('has nothing to complain of', () => expect(visit().complaints).toEqual([]))
})
