import { fileURLToPath } from 'node:url'

export interface Settings {
  /** 0: any free port. */
  readonly port: number
  /** Where jobs are kept. */
  readonly dataDir: string
  /** Milliseconds of quiet before a stream gets a keep-alive. */
  readonly keepAliveMs: number
}

const defaultPort = 8000
const defaultKeepAliveMs = 15_000
const defaultDataDir = fileURLToPath(new URL('../.data', import.meta.url))

/**
 * Reads `PORT`, `DATA_DIR` and `KEEP_ALIVE_MS`.
 * @throws {RangeError} naming the variable, what it holds and what it takes.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  return {
    port: readWhole(env, 'PORT', defaultPort, 0, 65_535),
    dataDir: env['DATA_DIR'] || defaultDataDir,
    keepAliveMs: readWhole(env, 'KEEP_ALIVE_MS', defaultKeepAliveMs, 50, 600_000),
  }
}

function readWhole(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, got ${JSON.stringify(text)}`)
  }
  return value
}
