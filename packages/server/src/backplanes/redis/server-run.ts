import type { RedisLink } from './driver.ts'

/**
 * Names the Redis process behind a link, with `+` in front where it writes an append-only file: then what it loads after
 * a crash is as good as complete. `''` where it does not say, or may not.
 */
export async function askServer(link: RedisLink): Promise<string> {
  try {
    const [server, persistence] = await Promise.all([link.send(['INFO', 'server']), link.send(['INFO', 'persistence'])])
    const run = field(server, 'run_id')
    return run === undefined ? '' : `${field(persistence, 'aof_enabled') === '1' ? '+' : ''}${run.slice(0, 16)}`
  } catch (error) {
    // An ACL may forbid it. What a lost link means is found out by the next command.
    if (error instanceof Error && error.message.startsWith('NOPERM')) return ''
    throw error
  }
}

function field(info: unknown, name: string): string | undefined {
  return typeof info === 'string' ? new RegExp(`^${name}:(\\w+)`, 'm').exec(info)?.[1] : undefined
}
