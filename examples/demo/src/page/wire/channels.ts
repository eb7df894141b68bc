export type Followable =
  { readonly type: string; readonly id: string } | { readonly type: string; readonly userId: string }

export interface NamedChannel {
  readonly name: string
  readonly channel: Followable
}

/** Channels of the demo in which something happens by itself, and one of somebody else. */
export function channelsFor(userId: string): readonly NamedChannel[] {
  return [
    { name: 'Live figures', channel: { type: 'live_metrics', id: 'spring' } },
    { name: 'Campaign', channel: { type: 'campaign_metrics', id: 'spring' } },
    { name: 'A/B test', channel: { type: 'ab_test_results', id: 'spring-variants' } },
    { name: 'Your alerts', channel: { type: 'alerts', userId } },
    { name: 'Agents', channel: { type: 'agent_chat', id: 'all' } },
    { name: 'Somebody else’s alerts', channel: { type: 'alerts', userId: userId === 'bob' ? 'ann' : 'bob' } },
  ]
}

/** As the server writes it. */
export function labelOf(channel: Followable): string {
  return 'id' in channel ? `${channel.type}:${channel.id}` : `${channel.type}:@${channel.userId}`
}
