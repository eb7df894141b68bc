/** A feed of the server, for `createChannelClient` and for publishing. */
export type DefinedChannel =
  { readonly type: string; readonly id: string } | { readonly type: string; readonly userId: string }

/**
 * What is to be known of a kind of stream: where it is, and what its events add up to. Pure, and without the client: a
 * server may use it, or a worker.
 */
export interface StreamDefinition<Params, Event, State> {
  readonly name: string
  /** URL of the stream, relative to `baseUrl` or the page. */
  readonly path: (params: Params) => string
  /** State before the first event. It is shared: nobody may change it. */
  readonly initial: State
  /**
   * The state after an event. It changes neither of them, and returns `state` itself where nothing is different, so that
   * nothing is rendered anew. What the server sends is of type `Event` by the server's word alone.
   */
  readonly reduce: (state: State, event: Event) => State
  /** Whether this event is the last one. Asked about whatever is sent; to throw means no. */
  readonly isComplete?: ((event: Event) => boolean) | undefined
  /** Why the stream has failed, where this event says so. Asked about whatever is sent; to throw means that it has not. */
  readonly failure?: ((event: Event) => string | undefined) | undefined
  /** `'start'` for a job, which may have begun before anybody looks. Default `'now'`. */
  readonly from?: 'now' | 'start' | undefined
  /** The channel that carries the same events, where there is one. */
  readonly channel?: ((params: Params) => DefinedChannel) | undefined
}

/**
 * Defines a kind of stream. There is no registry: the definition is all there is to it. Put `/* @__PURE__ *\/` in front
 * of the call in a library, so that bundlers drop definitions which nobody uses.
 */
export const defineStream = <Params, Event, State>(
  definition: StreamDefinition<Params, Event, State>,
): StreamDefinition<Params, Event, State> => definition
