import { createClient } from '@redis/client'
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'

import { createRandom, seedOfRun } from '../../../../core/test/support/random.ts'
import { channelKeys, onceKey } from '../../../src/backplanes/redis/keys.ts'
import { createScripts } from '../../../src/backplanes/redis/scripts.ts'
import { startRedis } from '../../support/redis-server.ts'
import { Keyspace } from './keyspace.ts'
import { runScript } from './script-model.ts'
import { createTruth } from './truth.ts'

import type { Random } from '../../../../core/test/support/random.ts'
import type { ChannelKeys } from '../../../src/backplanes/redis/keys.ts'
import type { Scripts } from '../../../src/backplanes/redis/scripts.ts'

/** What scripts run on. */
interface Side {
  call(name: keyof Scripts, keys: readonly string[], args: readonly string[]): unknown
  delete(key: string): Promise<void> | void
  deleteEntry(log: string, id: string): Promise<void> | void
  /** Keeps a copy, and puts it back. */
  keep(key: string): Promise<void> | void
  putBack(key: string): Promise<void> | void
  /** What was sent to those who follow, in order. */
  readonly messages: readonly string[]
}

const history = { size: 3, bytes: 60, ttlMs: 600_000, positionTtlMs: 86_400_000 }
const scripts = createScripts(history)
const sequences = 40
const stepsEach = 50

function createModel(): Side {
  let calls = 0
  const store = new Keyspace(() => 0)
  const kept = new Map<string, Keyspace>()
  const messages: string[] = []
  const truth = createTruth(
    () => 0,
    () => {},
  )
  return {
    messages,
    call: (name, keys, args) =>
      runScript(name, {
        ...{ keys, args, store, history, truth, isBlurred: false, numberOf: () => calls, onTrimmed() {} },
        newEpoch: () => `1900000000${String(++calls).padStart(9, '0')}`,
        publish: (_, text) => messages.push(text),
      }),
    delete: (key) => void store.delete(key),
    deleteEntry(key, id) {
      const log = store.log(key)
      if (log) log.items = log.items.filter(({ n, e }) => `${n}-${e}` !== id)
    },
    keep: (key) => void kept.set(key, store.copy()),
    putBack(key) {
      const copy = kept.get(key)?.copy()
      const value = copy?.meta(key) ?? copy?.log(key)
      if (value) store.set(key, value)
      else store.delete(key)
    },
  }
}

async function createReal(name: string, url: string): Promise<Side> {
  const client = createClient({ url })
  const subscriber = createClient({ url })
  for (const each of [client, subscriber]) {
    await each.connect()
    onTestFinished(() => each.destroy())
  }
  const messages: string[] = []
  await subscriber.subscribe(name, (text) => messages.push(text))
  const send = (...words: string[]) => client.sendCommand(words)
  const drop = async (...words: string[]) => void (await send(...words))
  return {
    messages,
    call: (script, keys, args) => send('EVAL', scripts[script].text, String(keys.length), ...keys, ...args),
    delete: (key) => drop('DEL', key),
    deleteEntry: (key, id) => drop('XDEL', key, id),
    async keep(key) {
      await send('DEL', `${key}:kept`)
      await send('COPY', key, `${key}:kept`)
    },
    async putBack(key) {
      await send('DEL', key)
      await send('COPY', `${key}:kept`, key)
    },
  }
}

/** Names epochs in the order in which they are first heard of, as no two sides have the same. */
function createNames() {
  const epochs: string[] = []
  const nameOf = (epoch: string) => {
    if (!epochs.includes(epoch)) epochs.push(epoch)
    return `e${epochs.indexOf(epoch)}`
  }
  return {
    epochs,
    name: (reply: unknown) => JSON.stringify(reply).replaceAll(/\d{17,20}/g, nameOf),
  }
}

type Step = (side: Side, epochs: readonly string[]) => unknown

/** A step that can be taken on each side, where epochs have other names. */
function drawStep(random: Random, keys: ChannelKeys): Step {
  const { meta, log } = keys
  const both = [meta, log]
  const key = random.pick(both)
  const run = `${random.pick(['+', '-'])}${random.pick(['', 'run1', 'run2'])}`
  const [back, offset, seenIn] = [random.whole(1, 6), random.whole(0, 8), random.pick(['', 'run1', 'run2'])]
  const end = random.chance(0.2) ? '!' : ''
  const once = random.chance(0.3) ? [onceKey(keys, String(random.whole(0, 5)))] : []
  const json = JSON.stringify('x'.repeat(random.whole(0, 30)))
  const [after, limit] = [String(random.whole(0, 5)), String(random.whole(0, 4))]
  // One of the last three that were heard of, or none.
  const known = (epochs: readonly string[]) => epochs.at(-back) ?? ''
  const witness = (epochs: readonly string[]) =>
    back > 3 || !known(epochs) ? '' : `${known(epochs)}:${offset}${end}:${seenIn}`
  const publish: Step = (side, epochs) => side.call('publish', [...both, ...once], [run, witness(epochs), json])
  const read: Step = (side, epochs) => side.call('read', both, [run, witness(epochs), after, limit])
  return random.pick<Step>([
    ...Array.from({ length: 8 }, () => publish),
    ...Array.from({ length: 5 }, () => read),
    (side, epochs) => side.call('complete', both, [run, witness(epochs)]),
    (side, epochs) => side.call('renew', both, [run, '', known(epochs)]),
    (side) => side.delete(key),
    (side, epochs) => side.deleteEntry(log, `${after}-${known(epochs) || '1'}`),
    (side) => side.keep(key),
    (side) => side.putBack(key),
  ])
}

/** @returns what a side answered to each step, and how to name what it said otherwise. */
async function take(side: Side, steps: readonly Step[]) {
  const { epochs, name } = createNames()
  const replies: string[] = []
  for (const step of steps) replies.push(name((await step(side, epochs)) ?? null))
  return { replies, name }
}

describe.skipIf(!inject('redisPath'))('the model of the scripts', () => {
  it('answers and tells what a real Redis does, whatever becomes of hash and stream', async () => {
    const redis = await startRedis()
    onTestFinished(() => redis.stop())
    const seed = seedOfRun()
    const random = createRandom(seed)
    for (let sequence = 0; sequence < sequences; sequence++) {
      const keys = channelKeys('p:', String(sequence))
      const steps = Array.from({ length: stepsEach }, () => drawStep(random, keys))
      const [model, real] = [createModel(), await createReal(keys.meta, redis.url)]
      const [modelled, done] = [await take(model, steps), await take(real, steps)]
      expect(modelled.replies, `SEED=${seed}, sequence ${sequence}`).toEqual(done.replies)
      await vi.waitFor(() => expect(real.messages).toHaveLength(model.messages.length))
      expect(modelled.name(model.messages)).toEqual(done.name(real.messages))
    }
  })
})
