import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createClient } from '@redis/client'
import { inject } from 'vitest'

import { freePort } from './free-port.ts'

import type { ChildProcess } from 'node:child_process'

/** A redis-server of the test's own. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  /** Sends a command over a connection of its own. */
  command(...args: string[]): Promise<unknown>
  /** Ends it as a crash does. */
  kill(): Promise<void>
  /** Starts it again on the same port, with what it has on its disk. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface RedisServerOptions {
  readonly path?: string
  /** Whether it keeps an append-only file. */
  readonly isDurable?: boolean
  readonly args?: readonly string[]
}

export async function startRedis({ path, isDurable, args = [] }: RedisServerOptions = {}): Promise<RedisServer> {
  const program = path ?? inject('redisPath')
  const folder = await mkdtemp(join(tmpdir(), 'steadystream-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  const append = isDurable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']
  const all = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...append, ...args]
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    child = spawn(program, [...all, '--enable-debug-command', 'yes'], { stdio: 'ignore' })
    for (let attempt = 0; ; attempt++) {
      try {
        await command('PING')
        return
      } catch (error) {
        if (attempt > 200 || child.exitCode !== null) throw error
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
    }
  }

  async function command(...words: string[]): Promise<unknown> {
    const client = createClient({ url, socket: { reconnectStrategy: false } })
    client.on('error', () => {})
    await client.connect()
    try {
      return await client.sendCommand(words, { timeout: 60_000 })
    } finally {
      client.destroy()
    }
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ending = child
    child = undefined
    if (!ending || ending.exitCode !== null) return
    const over = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill(signal)
    await over
  }

  await start()
  return {
    url,
    port,
    command,
    kill: () => end('SIGKILL'),
    restart: start,
    async stop() {
      await end('SIGKILL')
      // A child that rewrites the log outlives its parent, and may still write.
      await rm(folder, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}
