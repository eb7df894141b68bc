import type { RedisLink } from './driver.ts'

/** The Redis process behind a link. */
export interface ServerRun {
  /** Which one it is; `''` where it does not say, or may not. */
  readonly id: string
  /**
   * As the scripts take it: {@link id} behind a `+` where it writes an append-only file (what it loads after a crash is
   * then as good as complete) and never was a replica (of which nobody knows what it had yet to be sent), else a `-`.
   */
  readonly argument: string
}

export const unknownRun: ServerRun = { id: '', argument: '-' }

/**
 * @throws {Error} while it loads what it had: it does not say the truth about its files then; and where it is part of a
 * cluster, whose members do not have all channels.
 */
export async function askServer(link: RedisLink): Promise<ServerRun> {
  try {
    const [server, persistence, replication] = await Promise.all(
      ['server', 'persistence', 'replication'].map((section) => link.send(['INFO', section])),
    )
    if (field(server, 'redis_mode') === 'cluster') {
      throw new Error('Redis runs as a cluster, which is not supported: use one server (cluster-enabled no)')
    }
    if (field(persistence, 'loading') === '1') throw new Error('LOADING Redis is loading what it had')
    const id = field(server, 'run_id')?.slice(0, 16) ?? ''
    // -1, and so no word, where it has taken over from nobody.
    const isHeir = field(replication, 'second_repl_offset') !== undefined
    return { id, argument: `${field(persistence, 'aof_enabled') === '1' && !isHeir ? '+' : '-'}${id}` }
  } catch (error) {
    // An ACL may forbid it. What a lost link means is found out by the next command.
    if (error instanceof Error && error.message.startsWith('NOPERM')) return { ...unknownRun }
    throw error
  }
}

function field(info: unknown, name: string): string | undefined {
  return typeof info === 'string' ? new RegExp(`^${name}:(\\w+)`, 'm').exec(info)?.[1] : undefined
}
