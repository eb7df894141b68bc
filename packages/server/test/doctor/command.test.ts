import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { usage } from '../../src/doctor/arguments.ts'
import { doctor } from '../../src/doctor/doctor.ts'
import { listen } from '../support/run-doctor.ts'

async function run(...args: string[]) {
  const out: string[] = []
  const err: string[] = []
  const code = await doctor({
    args,
    color: true,
    print: (text) => void out.push(text),
    complain: (text) => void err.push(text),
  })
  return { code, out: out.join(''), err: err.join('') }
}

describe('the command', () => {
  it('prints a line for each check, the cure of each failure, and the totals', async () => {
    const port = await listen((req, res) => {
      if (req.url === '/events') res.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>')
      else res.writeHead(404).end()
    })
    const { code, out, err } = await run(`http://127.0.0.1:${port}/events`, '--no-color')
    expect(out.replace(/within \d+ ms/, 'within 2 ms').replaceAll(String(port), '8000')).toBe(
      [
        '✓ reach       127.0.0.1:8000 answers within 2 ms',
        '✗ stream      the content type is text/html',
        '              → send `Content-Type: text/event-stream`, else clients give up',
        '- websocket   pass --ws /path to test it',
        '- polling     pass --poll /path to test it',
        '- stats       not served at /api/realtime/stats',
        '',
        '1 passed, 0 warnings, 1 failed, 3 skipped',
        '',
      ].join('\n'),
    )
    expect([code, err]).toEqual([1, ''])
  })

  it('colours the marks', async () => {
    const port = await listen((_, res) => res.writeHead(404).end())
    const { out } = await run(`http://127.0.0.1:${port}`)
    expect(out).toContain('\u001B[32m✓\u001B[0m reach')
    expect(out).toContain('\u001B[31m✗\u001B[0m stream')
  })

  it('sends the token, and shows it to nobody', async () => {
    const seen: (string | undefined)[] = []
    const port = await listen((req, res) => {
      seen.push(`${req.url} ${req.headers.authorization}`)
      res.writeHead(403).end()
    })
    const address = `127.0.0.1:${port}/?token=s3cret`
    const { out } = await run(address, '--token', 's3cret', '--json')
    const triggered = await run(`127.0.0.1:${port}`, '--token', 's3cret', '--trigger', 'POST /jobs?token=s3cret')
    // The stats are asked for as a stranger.
    expect(new Set(seen)).toEqual(
      new Set([
        '/?token=s3cret Bearer s3cret',
        '/ Bearer s3cret',
        '/jobs?token=s3cret Bearer s3cret',
        '/api/realtime/stats undefined',
      ]),
    )
    expect(triggered.out).toContain('POST /jobs?token=[redacted] is answered 403')
    expect(triggered.out).not.toContain('s3cret')
    expect(out).not.toContain('s3cret')
  })

  it('security 29: lets no terminal escape through', async () => {
    const port = await listen((_, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store, no-transform' })
      res.write('id: \u001B[2Jgone\ndata: 1\n\nid: 2\ndata: 2\n\n')
    })
    const { out } = await run(`127.0.0.1:${port}/events`, '--no-color', '--wait', '0', '--timeout', '0.2')
    expect(out).not.toContain('\u001B')
    expect(out).toContain('[2Jgone" fits into no header')
  })

  it.each([
    [[], 'give one address'],
    [['http://a', 'http://b'], 'give one address'],
    [['ftp://a'], 'ftp://a is neither http nor https'],
    [['http://'], 'http:// is no address'],
    [['http://a', '--nonsense'], "Unknown option '--nonsense'"],
    [['http://a', '--header', 'x'], '--header takes "Name: value"'],
    [['http://a', '--trigger', 'go'], "--trigger takes 'POST /path"],
    [['http://a', '--wait', 'long'], '--wait takes seconds, up to 600'],
    [['http://a', '--sse', 'http://['], 'http://[ is no path'],
  ])('says how it is used where it is not used so: %j', async (args, message) => {
    const { code, out, err } = await run(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
    expect(err).toContain('Usage: steadystream-doctor <address>')
  })

  it('is documented: each option and each check', () => {
    const doc = readFileSync(new URL('../../../../docs/doctor.md', import.meta.url), 'utf8')
    const inTable = (heading: string) => {
      const rows = doc.split(`## ${heading}`)[1]?.split('\n## ')[0] ?? ''
      return Array.from(rows.matchAll(/^\| `([a-z-]+(?: byte)?)/gm), ([, name]) => name)
    }
    const options = Array.from(usage.matchAll(/^ {2}(--[a-z-]+)/gm), ([, name]) => name)
    expect(inTable('Options')).toEqual(options.filter((name) => name !== '--help'))
    expect(inTable('Checks')).toEqual([
      'reach',
      'stream',
      'caching',
      'compression',
      'first byte',
      'trigger',
      'event',
      'buffering',
      'heartbeat',
      'ids',
      'resume',
      'gap',
      'cors',
      'websocket',
      'polling',
      'stats',
    ])
  })

  it('helps', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('--trigger'), err: '' })
  })

  it('is a program', async () => {
    const port = await listen((_, res) => res.writeHead(404).end())
    const cli = fileURLToPath(new URL('../../src/doctor/cli.ts', import.meta.url))
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--conditions=@steadystream/source', cli, `http://127.0.0.1:${port}`],
      // A loader that the test runner set up for itself is none of the program's business.
      { env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: undefined, NO_COLOR: '1' } },
    )
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    const [code] = await once(child, 'close')
    expect([code, out]).toEqual([1, expect.stringMatching(/^✓ reach {7}127\.0\.0\.1/)])
  }, 20_000)
})
