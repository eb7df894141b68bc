import type { Callers } from './callers.ts'
import type { Control } from './control.ts'
import type { Cursors } from './cursor-keeper.ts'
import type { Desks } from './desks.ts'
import type { Hub } from './hub.ts'
import type { Backplane } from './backplanes/backplane.ts'
import type { Observer } from './observe/observer.ts'
import type { RateTable } from './rate-table.ts'
import type { ReplayLimit } from './replay-limit.ts'
import type { Settings } from './options.ts'
import type { SessionTable } from './session-table.ts'

/** What the parts of one realtime share; adapters get this and a request. */
export interface Engine {
  readonly settings: Settings
  readonly observer: Observer
  readonly backplane: Backplane
  readonly hub: Hub
  readonly sessions: SessionTable
  readonly replays: ReplayLimit
  readonly desks: Desks
  readonly control: Control
  readonly callers: Callers
  readonly cursors: Cursors
  /** Of commands that come without a session. */
  readonly posts: RateTable
  /** Whether new sessions are taken. */
  readonly isOpen: () => boolean
}
