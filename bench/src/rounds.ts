import { fork } from 'node:child_process'
import { once } from 'node:events'

import type { ChildProcess } from 'node:child_process'
import type { Sample } from './bench.ts'

export interface Schedule {
  readonly warmUps: number
  readonly rounds: number
  /** No further round is begun after so many milliseconds; three are always made. */
  readonly budgetMs: number
}

/** One contender's CPU time per unit, in microseconds, by round. */
export interface Series {
  readonly name: string
  readonly microsPerUnit: readonly number[]
}

/**
 * Runs the contenders round by round: in each round all of them one after the other, so that a machine that gets slower
 * or busier does so for all. Who goes first changes from round to round.
 */
export async function runRounds(
  program: string,
  benchName: string,
  names: readonly string[],
  { warmUps, rounds, budgetMs }: Schedule,
): Promise<Series[]> {
  const started: ChildProcess[] = []
  try {
    const contenders = []
    for (const name of names) {
      // --expose-gc: so that no round pays for the garbage of the one before.
      const child = fork(program, [benchName, name], { execArgv: ['--expose-gc'] })
      started.push(child)
      await reply(child, name)
      contenders.push({ name, child, microsPerUnit: [] as number[] })
    }
    const begin = performance.now()
    for (let round = -warmUps; round < rounds; round++) {
      if (round >= 3 && performance.now() - begin > budgetMs) break
      for (let turn = 0; turn < contenders.length; turn++) {
        const contender = contenders[(turn + round + warmUps) % contenders.length]
        if (!contender) continue
        const answer = reply(contender.child, contender.name)
        contender.child.send('round')
        const { cpuMicros, units } = (await answer) as Sample // as contender.ts sends it
        if (round >= 0) contender.microsPerUnit.push(cpuMicros / units)
      }
    }
    return contenders
  } finally {
    // They end by themselves once nobody talks to them any more, and their helpers likewise.
    for (const child of started) if (child.connected) child.disconnect()
  }
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
