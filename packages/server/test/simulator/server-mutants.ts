import type { Mutant } from '../../../core/test/simulator/mutants.ts'

/** Each of them breaks a promise of several servers that no type check sees. The simulator has to find them all. */
export const serverMutants: readonly Mutant[] = [
  {
    name: 'messages are let through while history is read',
    file: 'backplanes/redis/followed-channel.ts',
    find: '    if (offset !== this.#last + 1 || text.length <= json) return false\n',
    replace: '    if (offset <= this.#last || text.length <= json) return false\n',
  },
  {
    name: 'trimmed history is passed over in silence',
    file: 'backplanes/redis/followed-channel.ts',
    find: 'if (page.oldest > this.#last + 1) this.#jump(page.epoch, page.oldest - 1)',
    replace: 'if (page.oldest > this.#last + 1) this.#last = page.oldest - 1',
  },
  {
    name: 'another life is begun in silence',
    file: 'backplanes/redis/followed-channel.ts',
    find: '      this.#jump(page.epoch, page.top)\n',
    replace: '      this.#stand(page.epoch, page.top)\n',
  },
  {
    name: 'a lost link suspends nothing',
    file: 'backplanes/redis/channel-table.ts',
    find: '      channel.isBehind = true\n      channel.suspend()\n    }\n',
    replace: '    }\n',
  },
  {
    name: 'positions are never looked at',
    file: 'backplanes/redis/channel-table.ts',
    find: 'now >= channel.checkAt && !channel.isCompleted',
    replace: 'now < 0',
  },
  {
    name: 'a channel is never let go of',
    file: 'backplanes/redis/channel-table.ts',
    find: 'now - channel.idleSince >= lingerMs',
    replace: 'now < 0',
  },
  {
    name: 'a read that sees the next life keeps it to itself',
    file: 'backplanes/redis/redis-backplane.ts',
    find: '        table.takeEpoch(key, reading.page.epoch)\n',
    replace: '',
  },
  {
    name: 'an event is published again under no key',
    file: 'backplanes/redis/channel-scripts.ts',
    find: 'if (idempotencyKey === undefined) {',
    replace: 'if (idempotencyKey !== "") {',
  },
  {
    name: 'Redis is not told what was seen here',
    file: 'backplanes/redis/followed-channel.ts',
    find: 'return writeWitness({ epoch, offset }, isEnd ||',
    replace: 'return writeWitness({ epoch, offset: 0 }, isEnd ||',
  },
  {
    name: 'Redis is not told what was published here',
    file: 'backplanes/redis/known-channel.ts',
    find: 'return this.position ? writeWitness(this.position,',
    replace: 'return this.position ? writeWitness({ ...this.position, offset: 0 },',
  },
  {
    name: 'a quiet link for messages is not tried',
    file: 'backplanes/redis/subscriber.ts',
    find: 'now - quietSince >= probeMs',
    replace: 'now < 0',
  },
  {
    name: 'names are not subscribed again over another link',
    file: 'backplanes/redis/subscriber.ts',
    find: 'restored = [...names]',
    replace: 'restored = []',
  },
  {
    name: 'commands that hang are waited for',
    file: 'backplanes/redis/commands.ts',
    find: 'now - quietSince >= timeoutMs',
    replace: 'now < 0',
  },
  {
    name: 'a replica that refuses is asked again',
    file: 'backplanes/redis/commands.ts',
    find: "if (message.includes('READONLY')) link.drop(error)",
    replace: '',
  },
  {
    name: 'a promoted replica is trusted with what it lacks',
    file: 'backplanes/redis/server-run.ts',
    find: " && !isHeir ? '+'",
    replace: " ? '+'",
  },
  {
    name: 'who has read up to a place is let in at any',
    file: 'feed.ts',
    find: 'if (last && sameLife && last.offset > cursor.offset) return false',
    replace: '',
  },
  {
    name: 'what was missed is not told to sessions',
    file: 'feed.ts',
    find: '    if (last) this.#demoteAll(last)\n    this.#last = top\n',
    replace: '    this.#last = top\n',
  },
  {
    name: 'who has left holds its channel',
    file: 'join-channel.ts',
    find: '        feed.leave(gone)\n        hub.release(feed)\n',
    replace: '        feed.leave(gone)\n',
  },
  {
    name: 'a gap is kept back',
    file: 'catch-up.ts',
    find: 'if (gap) session.writeAll([wire.gap(gap, label)], 0, gap.to)',
    replace: '',
  },
]
