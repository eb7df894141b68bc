// @ts-check
// Fresh apps outside the repository on the packed packages, Vite against the demo's server and Next.js with routes of its
// own: they type-check, build, and show in Chromium what the server sends. Everything that is not ours is linked from the
// repository's installation, so that it works without a network.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { chromium } from 'playwright-core'
import { pack, packageNames, unpack } from './pack.mjs'
import { findProgram, howToGet } from './programs.mjs'
import { root, run } from './run.mjs'

/**
 * @typedef {object} App
 * @property {string} name folder in scripts/consumer
 * @property {string[]} linked
 * @property {string[][]} commands that check and build it
 * @property {string[]} serve
 * @property {string} shows what `#shown` says once every hook has something
 */

const react = ['react', 'react-dom', 'scheduler', '@types/react', '@types/react-dom', 'csstype']
const ours = ['eventsource-parser', 'mitt', 'reconnecting-websocket', 'ws']

/** @type {App[]} */
const apps = [
  {
    name: 'vite',
    linked: [...ours, ...react, 'vite', '@vitejs/plugin-react', '@types/node', 'undici-types'],
    commands: [['tsc'], ['vite', 'build', '--logLevel', 'warn']],
    serve: [join(root, 'node_modules/vite/bin/vite.js'), 'preview'],
    shows: 'campaign_metrics | complete | impressionsPerSecond | true | pong',
  },
  {
    name: 'next',
    linked: [...ours, ...react, 'next', 'typescript', '@types/node', 'undici-types', '@swc/helpers', 'styled-jsx'],
    commands: [['next', 'build', '--webpack']],
    serve: [join(root, 'node_modules/next/dist/bin/next'), 'start', '--port', '0', '--hostname', '127.0.0.1'],
    shows: '1 | true | 1 | hello | true | connected',
  },
]

process.env['NEXT_TELEMETRY_DISABLED'] = '1'
// An address is read from what servers print.
process.env['NO_COLOR'] = '1'
const folder = await realpath(await mkdtemp(join(tmpdir(), 'steadystream-apps-')))
const demo = spawn(process.execPath, ['--import', 'tsx', '--conditions=@steadystream/source', 'src/main.ts'], {
  cwd: join(root, 'examples/demo'),
  env: { ...process.env, PORT: '0', DATA_DIR: join(folder, 'demo'), CHAT_EVERY_MS: '1000' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const [demoUrl, ...tarballs] = await Promise.all([addressOf(demo), ...packageNames.map((name) => pack(name, folder))])
  process.env['DEMO_URL'] = demoUrl
  for (const app of apps) await check(app, tarballs)
} finally {
  if (demo.exitCode === null && demo.kill()) await once(demo, 'exit')
  await rm(folder, { recursive: true, force: true })
}

/**
 * @param {App} app
 * @param {string[]} tarballs
 */
async function check({ name, linked, commands, serve, shows }, tarballs) {
  const cwd = join(folder, name)
  await cp(join(root, 'scripts/consumer', name), cwd, { recursive: true })
  await writeFile(join(cwd, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  for (const [n, tarball] of tarballs.entries())
    await unpack(tarball, join(cwd, 'node_modules/@steadystream', packageNames[n] ?? ''))
  for (const each of linked) {
    const link = join(cwd, 'node_modules', each)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(root, 'node_modules', each), link, 'dir')
  }
  for (const [command = '', ...args] of commands) await run(command, args, { cwd })
  console.log(`${name}: type-checks and builds`)
  const path = await findProgram('chromium')
  if (!path) return console.log(`${name}: NOT RUN, as no Chromium was found: ${howToGet('chromium')}`)
  await look(serve, cwd, path, shows)
  console.log(`${name}: runs in Chromium, and shows ${shows}`)
}

/**
 * @param {string[]} serve
 * @param {string} cwd
 * @param {string} executablePath
 * @param {string} shows
 */
async function look(serve, cwd, executablePath, shows) {
  const server = spawn(process.execPath, serve, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] })
  try {
    const page = await browser.newPage()
    /** @type {string[]} */
    const complaints = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(await addressOf(server))
    await page
      .waitForFunction((text) => document.querySelector('#shown')?.textContent === text, shows)
      .catch(async () => {
        throw new Error(
          `the page shows ${await page.textContent('#shown')} instead of ${shows}\n${complaints.join('\n')}`,
        )
      })
    if (complaints.length > 0) throw new Error(`the page complains:\n${complaints.join('\n')}`)
  } finally {
    await browser.close()
    server.kill()
  }
}

/**
 * @param {import('node:child_process').ChildProcess} server
 * @returns {Promise<string>} what it says, once it listens
 */
function addressOf(server) {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stdout?.setEncoding('utf8').on('data', (text) => {
      said += text
      const [address] = said.match(/http:\/\/(127\.0\.0\.1|localhost):[1-9]\d*/) ?? []
      if (address) resolve(address)
    })
    server.on('exit', (code) => reject(new Error(`the server ended with code ${code}\n${said}`)))
  })
}
