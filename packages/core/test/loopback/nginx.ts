import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import type { AddressInfo } from 'node:net'

export interface Nginx {
  readonly port: number
  /** From now on it lets event streams flow, as the server asks it to; at first it keeps them to itself. */
  letStreamsFlow(): void
}

/** A real nginx in front of a server, gone with the test. WebSockets pass where it has been told how to pass them. */
export async function startNginx(path: string, targetPort: number, passesSockets: boolean): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  const port = await freePort()
  const flag = join(folder, 'flows')
  writeFileSync(join(folder, 'nginx.conf'), configuration(port, targetPort, flag, passesSockets))
  const child = spawn(path, ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  return { port, letStreamsFlow: () => writeFileSync(flag, '') }
}

/** nginx takes no port 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port
  server.close()
  await once(server, 'close')
  return port
}

const upgrade = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;'

/**
 * What a site has that knows nothing of event streams, except that it looks whether the `flag` is there. It speaks
 * HTTP/1.0 to the server, as it does by default; over 1.1 it would pass each chunk on.
 */
const configuration = (port: number, targetPort: number, flag: string, passesSockets: boolean) => `
daemon off;
user ${userInfo().username};
worker_processes 1;
pid nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port};
    location / {
      if (-f ${flag}) {
        rewrite ^ /flowing$uri last;
      }
      proxy_pass http://127.0.0.1:${targetPort};
      proxy_ignore_headers X-Accel-Buffering;
    }
    location /flowing/ {
      rewrite ^/flowing(.*) $1 break;
      proxy_pass http://127.0.0.1:${targetPort};
    }
    location /ws {
      proxy_pass http://127.0.0.1:${targetPort};
      ${passesSockets ? upgrade : ''}
    }
  }
}
`
