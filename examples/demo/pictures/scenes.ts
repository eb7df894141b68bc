import type { Page } from 'playwright-core'

export interface Scene {
  /** What its files are called by. */
  readonly name: string
  readonly path: string
  /** Brings the page to where it is worth a picture. */
  readonly play: (page: Page) => Promise<void>
  /** One picture of the desktop and one of the phone do: its colours are those of other scenes. */
  readonly isBrief?: boolean
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const choose = (page: Page, name: string) => page.locator('label', { hasText: name }).first().click()
/** Streams fill their panels over time: this is how long a visitor looks. */
const look = (page: Page, ms: number) => page.waitForTimeout(ms)

const studio: readonly Scene[] = [
  {
    name: 'studio-render',
    path: '/',
    async play(page) {
      await page.getByText('60', { exact: true }).click()
      await press(page, 'Start a render')
      await page.waitForFunction(() => window.demo.framesSeen.length > 25)
    },
  },
  {
    name: 'studio-script',
    path: '/script',
    async play(page) {
      await press(page, 'Score the script')
      await press(page, 'Evaluate')
      await look(page, 4500)
    },
  },
  {
    name: 'studio-campaign',
    path: '/campaign',
    async play(page) {
      const request = { reset: true, thresholds: { budget: 12 }, mood: 'usual' }
      await page.request.post('/api/campaigns/spring', { data: request })
      await page.reload()
      await look(page, 2500)
      await choose(page, 'Surge')
      await look(page, 8000)
      await choose(page, 'Usual')
    },
  },
]

const writingAndChat: readonly Scene[] = [
  {
    name: 'writing',
    path: '/writing',
    async play(page) {
      await press(page, 'Start the autopilot')
      await page.getByText('The outline is ready').waitFor()
      await press(page, 'Write the article')
      await page.locator('[data-block="section-2-text"]').waitFor()
      await look(page, 1500)
    },
  },
  {
    name: 'chat',
    path: '/chat',
    async play(page) {
      await page.getByText('Real-time (SSE)').waitFor()
      await look(page, 2500)
      await press(page, 'Ask the agents')
      await look(page, 1500)
    },
  },
  {
    name: 'chat-below',
    path: '/chat',
    async play(page) {
      await choose(page, 'Below')
      await look(page, 3500)
    },
  },
  {
    name: 'chat-alone',
    path: '/chat',
    async play(page) {
      await choose(page, 'Alone')
      await page.locator('.light[data-state="connected"]').waitFor()
      await look(page, 5000)
      await press(page, 'Ask the agents')
      await look(page, 1500)
    },
  },
]

const lab: readonly Scene[] = [
  {
    name: 'lab',
    path: '/lab',
    async play(page) {
      await press(page, 'Open six tabs')
      await look(page, 4000)
      await press(page, 'Cut the link')
      await look(page, 4000)
    },
  },
  {
    name: 'lab-wire',
    path: '/lab/wire',
    async play(page) {
      await press(page, 'Connect')
      await press(page, 'Ping')
      await press(page, 'Subscribe')
      await press(page, 'Try all doors')
      await page.getByLabel('Live figures').check()
      await page.getByLabel('Somebody else').check()
      await look(page, 2500)
    },
  },
  {
    name: 'lab-streams',
    path: '/lab/streams',
    async play(page) {
      await press(page, 'Open one more')
      await press(page, 'Visit it')
      await press(page, 'Plan and write')
      await look(page, 5000)
    },
  },
  {
    name: 'lab-server',
    path: '/lab/server',
    async play(page) {
      await press(page, 'Open the hose')
      await press(page, 'Check the library')
      await look(page, 6000)
    },
  },
]

/** Where nothing has come yet, nothing can be shown, and nobody answers. */
const states: readonly Scene[] = [
  { name: 'state-empty', path: '/', play: (page) => look(page, 500) },
  {
    name: 'state-loading',
    path: '/',
    async play(page) {
      await page.route('**/api/stream/render-progress/**', () => new Promise(() => {}))
      await press(page, 'Start a render')
      await page.getByText('Waiting for the first frame').waitFor()
    },
  },
  {
    name: 'state-error',
    path: '/#job_0000000000000000',
    play: (page) => page.getByText('This job cannot be followed').waitFor(),
  },
  {
    name: 'state-unreachable',
    path: '/campaign',
    async play(page) {
      await page.route('**/api/**', (route) => route.abort())
      await page.reload()
      await page.getByText('The server cannot be reached now.').first().waitFor()
    },
  },
]

export const scenes: readonly Scene[] = [
  ...studio,
  ...writingAndChat,
  ...lab,
  ...states.map((scene) => ({ ...scene, isBrief: true })),
]
