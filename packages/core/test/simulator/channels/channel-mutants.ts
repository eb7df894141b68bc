import type { Mutant } from '../mutants.ts'

/** Each of them breaks a promise of channels that no type check sees. The simulator has to find them all. */
export const channelMutants: readonly Mutant[] = [
  {
    name: 'who comes to a channel that is being left takes it for one that is followed',
    file: 'channels/channel-table.ts',
    find: 'if (!isLive || ask === leaving) return',
    replace: 'if (!isLive) return',
  },
  {
    name: 'a place beyond what the link has seen is taken for good',
    file: 'channels/channel-table.ts',
    find: ' && isReached(start, top)',
    replace: '',
  },
  {
    name: 'a channel begins anew after a loss',
    file: 'channels/channel-table.ts',
    find: '(cursor ?? (starts.includes(null) ? null : starts[0]))',
    replace: '(starts.includes(null) ? null : (starts[0] ?? null))',
  },
  {
    name: 'what was asked before a loss counts as asked',
    file: 'channels/channel-table.ts',
    find: '    channel.ask = undefined\n    channel.isLive = false\n',
    replace: '    channel.isLive = false\n',
  },
  {
    name: 'a channel that is left is never over',
    file: 'channels/channel-news.ts',
    find: 'if (channel.ask === leaving) ended(table, channel)',
    replace: '',
  },
  {
    name: 'who waits for older events is given new ones',
    file: 'channels/channel-news.ts',
    find: '    if (consumer.start !== undefined) continue\n',
    replace: '',
  },
  {
    name: 'only the first subscription begins',
    file: 'channels/channel-news.ts',
    find: 'start === undefined ? !isOn : start === ask',
    replace: 'start === ask',
  },
  {
    name: 'a channel that was refused for now is not asked for again',
    file: 'channels/channel-news.ts',
    find: 'if (each.ask === held) each.ask = undefined',
    replace: '',
  },
  {
    name: 'a command that did not arrive is forgotten',
    file: 'channels/channel-link.ts',
    find: 'if (give !== talk.give) return',
    replace: 'return',
  },
  {
    name: 'a place that is not honoured counts all the same',
    file: 'channels/channel-consumer.ts',
    find: 'recovered === false ? resume.declared(position, asked) : resume.moved(position)',
    replace: 'resume.moved(position)',
  },
  {
    name: 'a gap is kept back',
    file: 'channels/channel-consumer.ts',
    find: '  move(consumer, consumer.resume.declared(to, from))',
    replace: '  void consumer.resume.declared(to, from)',
  },
  {
    name: 'polls say of every channel that it begins where the answer ends',
    file: 'channels/channel-polls.ts',
    find: 'const place = next ? formatPosition({ ...next, offset: next.offset - 1 }) : to',
    replace: 'const place = to',
  },
  {
    name: 'an answer to what was asked before counts',
    file: 'channels/channel-polls.ts',
    find: '      if (!reached) return true\n',
    replace: '',
  },
  {
    name: 'a command that nobody answers is waited for',
    file: 'channels/channel-wire.ts',
    find: 'timeout ? link.clock.after',
    replace: '!timeout ? link.clock.after',
  },
  {
    name: 'a poll that cannot serve a channel takes it from all tabs',
    file: 'tabs/channel-relay.ts',
    find: "    if (!isAnswer && (type === 'subscribed' || (type === 'error' && refusalOf(envelope).retryable))) return\n",
    replace: '',
  },
  {
    name: 'a tab that asks after another one is forgotten',
    file: 'tabs/channel-relay.ts',
    find: 'channel.waiting.push([from, place])',
    replace: 'void 0',
  },
  {
    name: 'a tab that wants what the link has gone past is let in all the same',
    file: 'tabs/channel-relay.ts',
    find: 'a.offset >= b.offset',
    replace: 'a.offset >= 0 * b.offset',
  },
  {
    name: 'a channel that one tab leaves is taken from the others',
    file: 'tabs/channel-relay.ts',
    find: 'if (!channel || channel.users.size || channel.asked',
    replace: 'if (!channel || channel.asked',
  },
  {
    name: 'a leader takes commands before its link can carry them',
    file: 'tabs/leader.ts',
    find: 'else if (isIntroduced && members.has(lastEventId))',
    replace: 'else if (members.has(lastEventId))',
  },
  {
    name: 'tabs know one transport',
    file: 'tabs/tab-choice.ts',
    find: 'real = inner?.take() ?? transports[0]',
    replace: 'real = transports[0]',
  },
  {
    name: 'a tab that goes away does not say so',
    file: 'tabs/follower.ts',
    find: "post('leave', id)",
    replace: '',
  },
]
