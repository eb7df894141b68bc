import type { Mutant } from '../mutants.ts'

/** Each breaks a promise about tabs. `npm run simulate -- --tabs --mutants` has to find them all. */
export const tabMutants: readonly Mutant[] = [
  {
    name: 'the lock outlives the stream',
    file: 'tabs/tab-choice.ts',
    find: '        else leave()\n',
    replace: '',
  },
  {
    name: 'a tab that leaves keeps its channel',
    file: 'tabs/tab-choice.ts',
    find: '    group?.close()\n',
    replace: '    group?.letGo()\n',
  },
  {
    name: 'nobody is told that the link is over',
    file: 'tabs/tab-choice.ts',
    find: "if (term) group?.post('over',",
    replace: "if (!role) void 0; else group?.post('over',",
  },
  {
    name: 'a link that is lost is taken for one that was left',
    file: 'tabs/tab-choice.ts',
    find: 'error && !isOwnMatter ? toldError(error) : undefined',
    replace: 'undefined',
  },
  {
    name: 'a lock that was taken is not missed',
    file: 'tabs/tab-choice.ts',
    find: '    redial()\n    if (hasNoGroup) leave()\n',
    replace: '    if (hasNoGroup) leave()\n',
  },
  {
    name: 'a follower is not placed before it is told',
    file: 'tabs/follower.ts',
    find: "else if (isPlaced || name === 'retry')",
    replace: 'else',
  },
  {
    name: 'a leader that says nothing is never replaced',
    file: 'tabs/follower.ts',
    find: 'wait(1000, steal) : steal())',
    replace: 'wait(1000, listen) : listen())',
  },
  {
    name: 'another leader is not noticed',
    file: 'tabs/follower.ts',
    find: 'else if (term !== from) redial()\n',
    replace: '',
  },
  {
    name: 'the lock is taken for a reason to dial at once',
    file: 'tabs/follower.ts',
    find: 'else wait(graceMs, redial)',
    replace: 'else redial()',
  },
  {
    name: 'a follower keeps its timers',
    file: 'tabs/follower.ts',
    find: '    end() {\n      cancel()\n',
    replace: '    end() {\n',
  },
  {
    name: 'a newcomer misses what it is behind',
    file: 'tabs/leader.ts',
    find: 'const missed = relay ? [] : lastEventId ? log.after(lastEventId) : fromStart ? undefined : []',
    replace: 'const missed = log.after(lastEventId) ?? []',
  },
  {
    name: 'a newcomer who knows no place gets none',
    file: 'tabs/leader.ts',
    find: 'const here = (!relay && !lastEventId && log.last) || undefined',
    replace: 'const here = undefined',
  },
  {
    name: 'the log begins where it never was',
    file: 'tabs/relay-log.ts',
    find: 'return at >= 0 || id === base ? calls.slice(at + 1) : undefined',
    replace: 'return calls.slice(at + 1)',
  },
  {
    name: 'catching up never meets the leader',
    file: 'tabs/catch-up.ts',
    find: '    if (at < 0 || signal.aborted) return\n',
    replace: '    if (at < 0 || !signal.aborted) return\n',
  },
  {
    name: 'catching up forgets what the leader told meanwhile',
    file: 'tabs/catch-up.ts',
    find: 'met(relayed.slice(at + 1))',
    replace: 'met([])',
  },
  {
    name: 'catching up outlives its link',
    file: 'tabs/catch-up.ts',
    find: "  link.signal.addEventListener('abort', () => controller.abort())\n",
    replace: '',
  },
  {
    name: 'a newcomer waits for a plain server to introduce itself',
    file: 'tabs/leader.ts',
    find: 'cancel = link.clock.after(introductionMs, introduce)',
    replace: 'cancel = undefined',
  },
  {
    name: 'who is behind sticks to a transport that is blocked',
    file: 'tabs/tab-choice.ts',
    find: '(isOwn() || role?.isBehind) &&',
    replace: 'isOwn() &&',
  },
  {
    name: 'tabs know one transport',
    file: 'tabs/tab-choice.ts',
    find: 'real = inner?.take() ?? transports[0]',
    replace: 'real = transports[0]',
  },
  {
    name: 'nobody looks for a better transport than that of the leader',
    file: 'tabs/tab-choice.ts',
    find: 'opened: () => isOwn() && inner?.opened()',
    replace: 'opened: () => undefined',
  },
]
