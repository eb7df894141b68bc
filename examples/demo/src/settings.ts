import { fileURLToPath } from 'node:url'
import type { ControlPolicy } from './http/control.ts'
import type { Provider } from './council/remote-evaluator.ts'

export interface Settings {
  /** 0: any free port. */
  readonly port: number
  /** Where jobs are kept. */
  readonly dataDir: string
  /** Milliseconds of quiet before a stream gets a keep-alive. */
  readonly keepAliveMs: number
  /** Milliseconds between two rounds of the agents' chat. */
  readonly chatEveryMs: number
  /** Milliseconds between two thoughts of the council and two steps of the autopilot. */
  readonly paceMs: number
  /** Who may restart the server, cut everybody off, and read its log. */
  readonly control: ControlPolicy
  /** Where several processes of the demo share their channels; without it each has its own. */
  readonly redisUrl?: string | undefined
  /** A model that takes a seat in the council, where one is configured. */
  readonly provider?: Provider | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

const defaultPort = 8000
const defaultKeepAliveMs = 15_000
const defaultChatEveryMs = 15 * 60_000
const defaultPaceMs = 350
const defaultDataDir = fileURLToPath(new URL('../.data', import.meta.url))

/**
 * Reads `PORT`, `DATA_DIR`, `KEEP_ALIVE_MS`, `CHAT_EVERY_MS`, `PACE_MS`, `LAB_CONTROL`, `REDIS_URL`, and `OPENAI_API_KEY` with `OPENAI_BASE_URL` and
 * `OPENAI_MODEL`.
 * @throws {RangeError} naming the variable, what it holds and what it takes.
 */
export function readSettings(env: Environment): Settings {
  return {
    port: readWhole(env, 'PORT', defaultPort, 0, 65_535),
    dataDir: env['DATA_DIR'] || defaultDataDir,
    keepAliveMs: readWhole(env, 'KEEP_ALIVE_MS', defaultKeepAliveMs, 50, 600_000),
    chatEveryMs: readWhole(env, 'CHAT_EVERY_MS', defaultChatEveryMs, 1000, 86_400_000),
    paceMs: readWhole(env, 'PACE_MS', defaultPaceMs, 0, 10_000),
    control: readControl(env['LAB_CONTROL']),
    redisUrl: readRedisUrl(env['REDIS_URL']),
    provider: readProvider(env),
  }
}

/** Nothing is asked of anybody unless both are set: a key alone may be there for another program. */
function readProvider(env: Environment): Provider | undefined {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, OPENAI_MODEL: model } = env
  return apiKey && baseUrl ? { apiKey, baseUrl, model: model || 'gpt-4o-mini' } : undefined
}

function readControl(value: string | undefined): ControlPolicy {
  if (!value || value === 'local') return 'local'
  if (value === 'anybody' || value === 'nobody') return value
  throw new RangeError(`LAB_CONTROL must be local, anybody or nobody, got ${JSON.stringify(value)}`)
}

function readRedisUrl(url: string | undefined): string | undefined {
  // Not shown: it may hold a password.
  if (url && !/^rediss?:\/\//.test(url)) throw new RangeError('REDIS_URL must begin with redis:// or rediss://')
  return url || undefined
}

function readWhole(env: Environment, name: string, fallback: number, min: number, max: number): number {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, got ${JSON.stringify(text)}`)
  }
  return value
}
