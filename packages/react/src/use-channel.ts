import { useContext } from 'react'

import { StreamContext, presentStream, useStore } from './use-store.ts'

import type {
  ChannelClient,
  ChannelHandlers,
  ChannelMeta,
  ChannelName,
  ChannelOptions,
  StreamHandlers,
} from '@steadystream/core'
import type { Feed, Link, Source } from '@steadystream/core/store'
import type { SharingOptions, StoreOptions } from './hook-options.ts'
import type { Open, Present } from './use-store.ts'

/** Options of {@link useChannel}: a subscription's, and its handlers. */
export interface ChannelHookOptions<T, S = T | undefined>
  extends
    ChannelHandlers<T>,
    Omit<ChannelOptions<T>, 'getState'>,
    Pick<StoreOptions, 'clock' | 'linger'>,
    Pick<SharingOptions, 'enabled'> {
  /** Default: `channels` of the `StreamProvider` above. */
  readonly client?: ChannelClient | undefined
  /**
   * Loads the state that events build on: when the subscription has its place, and later only where events were lost.
   * Events wait for it; those up to its `position` are skipped. One that fails is called again.
   */
  readonly getState?: ((place: ChannelMeta) => PromiseLike<LoadedState<S>> | LoadedState<S>) | undefined
}

/** What `getState` loads. */
export interface LoadedState<S> {
  readonly state: S
  /** What the state comprises already. */
  readonly position?: string | undefined
}

/** {@link ChannelHookOptions} for a state that grows with each event. */
export interface ReducedChannelHookOptions<T, S> extends ChannelHookOptions<T, S> {
  /** Pure. Components share the state only if they pass the same function: define it outside of them. */
  readonly reduce: (state: S, data: T, meta: ChannelMeta) => S
  /** The state before the first event. */
  readonly initial: S
}

/** What {@link useChannel} returns; the same object until something changes. */
export interface ChannelView<T, S> extends Link {
  /** What the events so far were reduced to. */
  readonly data: S
  /** Publishes to this channel, as the client's `publish` does. */
  readonly publish: (data: T, options?: { readonly id?: string | undefined }) => ReturnType<ChannelClient['publish']>
  /** Subscribes again after `disconnect()`, or after a refusal, from the last event. */
  readonly connect: () => void
  /** Ends the subscription, for every component that shares it; `data` stays. */
  readonly disconnect: () => void
  /** Changes the state for every component that shares it, as an event does. */
  readonly update: (change: (state: S) => S) => void
}

/**
 * Subscribes a component to a channel while it is mounted, over the one connection of its client. Components with equal
 * options share the subscription and the state.
 * @param channel `null` for none; another one is switched to at once
 * @throws {TypeError} where there is a channel and no client
 */
export function useChannel<T, S>(
  channel: ChannelName | null | undefined,
  options: ReducedChannelHookOptions<T, S>,
): ChannelView<T, S>
export function useChannel<T = unknown>(
  channel: ChannelName | null | undefined,
  options?: ChannelHookOptions<T>,
): ChannelView<T, T | undefined>
export function useChannel(channel: ChannelName | null | undefined, given: object = {}): object {
  const { channels } = useContext(StreamContext)
  const { client = channels, ...options } = given as ChannelHookOptions<unknown>
  const open: Open = (...args) => {
    if (!client) throw new TypeError('no client, nor channels of a StreamProvider')
    // Nothing is opened without a channel.
    return openChannel(client, channel as ChannelName, ...args)
  }
  // The client's function tells it apart, as its own properties change.
  return useStore(channel && [channel, client?.subscribe], options as StoreOptions, open, presentChannel)
}

const presentChannel: Present = (store) => {
  const present = presentStream(store)
  const publish = (...args: readonly never[]) => store.send(...args) ?? Promise.reject(new TypeError('no channel'))
  return (link, data) => ({ ...present(link, data), publish })
}

/** A subscription, which may begin again where it ended. */
function openChannel(
  client: ChannelClient,
  channel: ChannelName,
  handlers: StreamHandlers<unknown>,
  options: StoreOptions,
  { hear, update }: Feed,
): Source {
  // What the hook was given, with what it has in common with others.
  const { signal, from, schema, getState } = options as StoreOptions & ChannelHookOptions<unknown>
  // What is being loaded, or was when the subscription ended.
  let loading: object | undefined
  const load =
    getState &&
    (async (place: ChannelMeta) => {
      loading = place
      const { state, position } = await getState(place)
      if (loading !== place) return undefined
      loading = undefined
      update(() => state)
      return position
    })
  const subscribe = (start: string | undefined) =>
    client.subscribe<unknown>(
      channel,
      // What comes with the data is told as it comes.
      { ...(handlers as ChannelHandlers<unknown>), onSubscribed: hear('onSubscribed') },
      { from: start, schema, getState: load },
    )
  let current = subscribe(from)
  const close = () => {
    // It counts no more when it comes.
    loading &&= {}
    current.unsubscribe()
  }
  signal?.addEventListener('abort', close)
  return {
    get state() {
      return current.state
    },
    start() {
      if (!/^[de]/.test(current.state)) return
      // One that has completed may be at its last events still.
      close()
      current = subscribe(loading ? 'now' : current.position || from)
    },
    close,
    send: (data: unknown, given: { readonly id?: string }) => client.publish(channel, data, given),
  }
}
