import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import { freePort } from './free-port.ts'

/** Starts an nginx with these blocks for its `http`, on a free port that stands in them as `$PORT`. */
export async function startNginx(path: string, blocks: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'steadystream-nginx-'))
  const port = await freePort()
  await writeFile(join(folder, 'nginx.conf'), configuration(folder, blocks.replaceAll('$PORT', String(port))))
  const child = spawn(path, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  })
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${complaints}`)
  }
  return port
}

function configuration(folder: string, blocks: string): string {
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  )
  return [
    'daemon off;',
    // Root would hand its workers to another user, who may not read the folder.
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    `pid ${join(folder, 'nginx.pid')};`,
    'error_log stderr;',
    'events {}',
    `http { access_log off; ${scratch.join(' ')}\n${blocks}\n}`,
  ].join('\n')
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const up = await new Promise<boolean>((resolve) => {
    socket.on('connect', () => resolve(true)).on('error', () => setImmediate(() => resolve(false)))
  })
  socket.destroy()
  return up
}
