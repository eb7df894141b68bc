import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

import { createClient } from '@redis/client'

import type { AddressInfo } from 'node:net'

const program = process.env['REDIS_SERVER_PATH'] ?? 'redis-server'

export function hasRedis(): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}

/** A redis-server for this process alone, gone with it. @returns its URL. */
export async function startRedis(): Promise<string> {
  const port = await freePort()
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn(program, [...settings, '--enable-debug-command', 'yes'], { stdio: 'ignore' })
  process.once('exit', () => child.kill('SIGKILL'))
  const url = `redis://127.0.0.1:${port}`
  const client = createClient({ url, socket: { reconnectStrategy: 25 } })
  client.on('error', () => {})
  await client.connect()
  client.destroy()
  return url
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // On a TCP port the address is an object.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
