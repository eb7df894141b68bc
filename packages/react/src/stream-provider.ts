import { createStreamManager } from '@steadystream/core'
import { asking } from '@steadystream/core/store'
import { createElement, useMemo, useState } from 'react'

import { useLatest } from './latest.ts'
import { StreamContext } from './use-store.ts'

import type { ChannelClient, ManagerDefaults, StreamManager } from '@steadystream/core'
import type { ReactNode } from 'react'

/**
 * Options that the streams of all components below start from: those of the first render, except that functions are those
 * of the latest.
 */
export interface StreamProviderProps extends ManagerDefaults {
  readonly children?: ReactNode
  /** The streams below are this manager's, with its options instead of those given here. */
  readonly manager?: StreamManager | undefined
  /** What `useChannel` subscribes with. */
  readonly channels?: ChannelClient | undefined
}

/**
 * Gives the hooks below a manager of their own with these defaults, or yours. Without a provider, the streams are those
 * of `streamManager`.
 */
export function StreamProvider({ children, manager, channels, ...defaults }: StreamProviderProps): ReactNode {
  const latest = useLatest(defaults)
  const [own] = useState(() => createStreamManager(asking(defaults, () => latest.current)))
  const { clock } = defaults
  const value = useMemo(() => ({ manager: manager ?? own, clock, channels }), [manager, own, clock, channels])
  return createElement(StreamContext.Provider, { value }, children)
}
