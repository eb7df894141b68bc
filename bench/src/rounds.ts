import { fork } from 'node:child_process'
import { once } from 'node:events'

import type { ChildProcess } from 'node:child_process'
import type { Sample, Schedule } from './bench.ts'

/** What one contender measured, by round. */
export interface Series {
  readonly name: string
  readonly samples: readonly Sample[]
}

interface Contender {
  readonly name: string
  readonly samples: Sample[]
  child: ChildProcess | undefined
}

/**
 * Runs the contenders round by round: in each round all of them one after the other, so that a machine that gets slower
 * or busier does so for all. Who goes first changes from round to round.
 */
export async function runRounds(
  program: string,
  benchName: string,
  names: readonly string[],
  { warmUps, rounds, budgetMs, atLeast }: Schedule,
  isFresh: boolean,
): Promise<Series[]> {
  const contenders: Contender[] = names.map((name) => ({ name, samples: [], child: undefined }))

  async function measure(contender: Contender): Promise<Sample> {
    const child = (contender.child ??= await start(program, benchName, contender.name))
    const answer = reply(child, contender.name)
    child.send('round')
    const sample = (await answer) as Sample // as contender.ts sends it
    if (isFresh) contender.child = await dismiss(child)
    return sample
  }

  try {
    if (!isFresh) for (const one of contenders) one.child = await start(program, benchName, one.name)
    const begin = performance.now()
    for (let round = -warmUps; round < rounds; round++) {
      if (round >= atLeast && performance.now() - begin > budgetMs) break
      for (let turn = 0; turn < contenders.length; turn++) {
        const contender = contenders[(turn + round + warmUps) % contenders.length]
        if (!contender) continue
        const sample = await measure(contender)
        if (round >= 0) contender.samples.push(sample)
      }
    }
    return contenders
  } finally {
    for (const { child } of contenders) if (child) await dismiss(child)
  }
}

async function start(program: string, benchName: string, name: string): Promise<ChildProcess> {
  // --expose-gc: so that no round pays for the garbage of the one before.
  const child = fork(program, [benchName, name], { execArgv: ['--expose-gc'] })
  await reply(child, name)
  return child
}

/** It ends by itself once nobody talks to it any more, and its helper likewise; the next bench waits for that. */
async function dismiss(child: ChildProcess): Promise<undefined> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  if (child.connected) child.disconnect()
  await ended
}

/** @throws {Error} if the process ends instead. */
async function reply(child: ChildProcess, name: string): Promise<unknown> {
  const settled = new AbortController()
  const { signal } = settled
  try {
    const ended = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`${name} ended with code ${code}`)
    })
    const [message] = await Promise.race([once(child, 'message', { signal }), ended])
    return message
  } finally {
    settled.abort()
  }
}
