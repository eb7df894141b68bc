import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import * as presets from './presets/index.ts'
import * as hooks from './index.ts'
import { hookRows } from '../test/hook-rows.ts'

/** What has to be tested of every hook: the contract does so for those that read server-sent events. */
const facts = [
  'Strict Mode',
  'server rendering',
  'hydration',
  'another ID',
  'unmount',
  'error',
  'reconnect',
  'fallback',
  'a thousand mounts',
] as const

/** Of the others: the titles of the tests that hold each fact, or why there is none. */
const others: Readonly<Record<string, Readonly<Record<(typeof facts)[number], string | { readonly none: string }>>>> = {
  'use-web-socket': {
    'Strict Mode': 'keeps one socket under Strict Mode, sends, and shows what comes',
    'server rendering': 'dials nothing on a server',
    hydration: 'hydrates to what was rendered on a server, and connects',
    'another ID': 'switches, and lets go where there is no URL',
    unmount: 'keeps one socket under Strict Mode, sends, and shows what comes',
    error: 'is an error where it does not reconnect, and connects again by hand',
    reconnect: 'shows a lost connection, dials again, and sends what has waited',
    fallback: 'falls back to another transport, and says which',
    'a thousand mounts': 'leaves nothing of a thousand mounts: no connection, timer or listener',
  },
  'use-channel': {
    'Strict Mode': 'follows a channel under Strict Mode, publishes to it, and leaves nothing',
    'server rendering': 'dials nothing on a server, and needs a client once it is mounted',
    hydration: 'hydrates to what was rendered on a server, and subscribes',
    'another ID': 'switches channels without a frame of the old data, over one connection',
    unmount: 'follows a channel under Strict Mode, publishes to it, and leaves nothing',
    error: 'shows the refusal of its channel',
    reconnect: 'shows one that comes late the same, and goes on after a lost connection',
    fallback: 'falls back to another transport of its client',
    'a thousand mounts': 'leaves nothing of a thousand mounts: no subscription, timer or listener',
  },
  'use-connection-state': {
    'Strict Mode': 'tells of the connection that is worst off, or of one stream',
    'server rendering': 'tells of the connection that is worst off, or of one stream',
    hydration: 'hydrates to what was rendered on a server, and leaves nothing of a thousand mounts',
    'another ID': 'switches to the stream of another ID in the same render',
    unmount: 'hydrates to what was rendered on a server, and leaves nothing of a thousand mounts',
    error: 'tells of the connection that is worst off, or of one stream',
    reconnect: 'tells of the connection that is worst off, or of one stream',
    fallback: { none: 'it opens nothing, and names no transport' },
    'a thousand mounts': 'hydrates to what was rendered on a server, and leaves nothing of a thousand mounts',
  },
}

const hooksOf = (entry: object) => Object.keys(entry).filter((name) => /^use|Hook$/.test(name))
const fileOf = (hook: string) => hook.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

test('every hook that is exported is one of the contract, or has its own tests of the same facts', () => {
  const tested = [...hookRows.map(({ name }) => name), 'useWebSocket', 'useChannel', 'useConnectionState']
  expect(tested.toSorted()).toEqual([...hooksOf(hooks), ...hooksOf(presets)].toSorted())
  expect(Object.keys(others)).toEqual(['useWebSocket', 'useChannel', 'useConnectionState'].map(fileOf))
})

test.each(Object.entries(others))('%s has a test of each fact, or a reason', (file, held) => {
  const source = readFileSync(`packages/react/src/${file}.test.tsx`, 'utf8')
  const missing = Object.values(held).filter(
    (title) => typeof title === 'string' && !source.includes(`test('${title}'`),
  )
  expect([Object.keys(held), missing]).toEqual([facts, []])
})
