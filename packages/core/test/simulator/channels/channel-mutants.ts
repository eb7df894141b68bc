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
    find: 'consumer.start === undefined ? !consumer.isOn : consumer.start === ask',
    replace: 'consumer.start === ask',
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
    find: 'give === talk.give && talk.redial()',
    replace: 'undefined',
  },
  {
    name: 'a place that is not honoured counts all the same',
    file: 'channels/channel-consumer.ts',
    find: 'recovered === false ? undefined : position',
    replace: 'position',
  },
  {
    name: 'a gap is kept back',
    file: 'channels/channel-consumer.ts',
    find: '  const gap = consumer.resume.declared(to)\n  if (gap)',
    replace: '  const gap = consumer.resume.declared(to)\n  if (!gap)',
  },
  {
    name: 'polls say of every channel that it begins from the last place',
    file: 'channels/channel-polls.ts',
    find: 'position: isPlace ? place : before',
    replace: 'position: before',
  },
]
