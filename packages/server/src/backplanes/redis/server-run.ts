import type { RedisLink } from './driver.ts'

/** The Redis process behind a link. */
export interface ServerRun {
  /** Which one it is; `''` where it does not say, or may not. */
  readonly id: string
  /** As the scripts take it: {@link id} behind a `+` where it writes an append-only file (what it
   * loads after a crash is then as good as complete), else a `-`. */
  readonly argument: string
}

export const unknownRun: ServerRun = { id: '', argument: '-' }

/** @throws {Error} while it loads what it had: it does not say the truth about its files then. */
export async function askServer(link: RedisLink): Promise<ServerRun> {
  try {
    const [server, persistence] = await Promise.all([link.send(['INFO', 'server']), link.send(['INFO', 'persistence'])])
    if (field(persistence, 'loading') === '1') throw new Error('LOADING Redis is loading what it had')
    const id = field(server, 'run_id')?.slice(0, 16) ?? ''
    return { id, argument: `${field(persistence, 'aof_enabled') === '1' ? '+' : '-'}${id}` }
  } catch (error) {
    // An ACL may forbid it. What a lost link means is found out by the next command.
    if (error instanceof Error && error.message.startsWith('NOPERM')) return unknownRun
    throw error
  }
}

function field(info: unknown, name: string): string | undefined {
  return typeof info === 'string' ? new RegExp(`^${name}:(\\w+)`, 'm').exec(info)?.[1] : undefined
}
