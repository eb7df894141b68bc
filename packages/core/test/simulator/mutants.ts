/** A fault to plant in a copy of the client: the one place where `find` stands in `file`, of packages/core/src. */
export interface Mutant {
  readonly name: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** Each of them breaks a promise that no type check sees. The simulator has to find them all. */
export const mutants: readonly Mutant[] = [
  // machine
  {
    name: 'a lost link forgets its doublings',
    file: 'machine.ts',
    find: 'const doublings = healthy ? 0 : state.doublings',
    replace: 'const doublings = 0',
  },
  {
    name: 'failures are forgiven by nothing',
    file: 'machine.ts',
    find: 'const failures = healthy || delivered ? 0 : state.failures',
    replace: 'const failures = state.failures',
  },
  {
    name: 'progress does not count',
    file: 'machine.ts',
    find: 'const gainedNothing = !healthy && !progressed',
    replace: 'const gainedNothing = !healthy',
  },
  {
    name: 'one pause that ends is taken for all of them',
    file: 'machine.ts',
    find: '  if (next.pauses.length) return hold(next)\n',
    replace: '',
  },
  {
    name: 'a pause leaves the link alone',
    file: 'machine.ts',
    find: "return hold(next, 'hangUp')",
    replace: 'return hold(next)',
  },
  {
    name: 'stopping does not hang up',
    file: 'machine.ts',
    find: "const stop = goTo({ ...noLink, status: 'disconnected', reason: 'closed' }, 'hangUp')",
    replace: "const stop = goTo({ ...noLink, status: 'disconnected', reason: 'closed' })",
  },
  // backoff
  {
    name: 'the wait does not grow',
    file: 'backoff.ts',
    find: 'baseMs * 2 ** Math.min(attempt, 31)',
    replace: 'baseMs * 2',
  },
  {
    name: 'Retry-After is no floor',
    file: 'backoff.ts',
    find: 'Math.max(windowMs, retryAfterMs)',
    replace: 'windowMs',
  },
  // resume
  {
    name: 'a hole in the offsets is no gap',
    file: 'resume.ts',
    find: 'const isExpected = steps === undefined || steps === distance',
    replace: 'const isExpected = true',
  },
  {
    name: 'what was had before is had again',
    file: 'resume.ts',
    find: "if (steps !== undefined && steps <= 0) return { result: 'drop' }",
    replace: "if (steps !== undefined && steps < 0) return { result: 'drop' }",
  },
  {
    name: 'replayed events with plain ids are taken for new ones',
    file: 'resume.ts',
    find: 'return link < links',
    replace: 'return link > links',
  },
  {
    name: 'positions are trusted without a greeting',
    file: 'resume.ts',
    find: '      trusted = false\n',
    replace: '      trusted = true\n',
  },
  {
    name: 'a new link without ids declares nothing',
    file: 'resume.ts',
    find: 'return links++ && !isFirstOfAll && !(resumes && token()) ? unknownGap : undefined',
    replace: 'return void links++',
  },
  // delivery and overflow
  {
    name: 'a full buffer is never free again',
    file: 'delivery.ts',
    find: 'isFull &&= length() > 0 && reaches(0.5)',
    replace: 'isFull &&= true',
  },
  {
    name: 'dropped events leave no gap',
    file: 'overflow.ts',
    find: "else kept.push({ cursor, gap: { kind: 'dropped', from: (last?.cursor ?? before) || undefined, to: cursor } })",
    replace: '',
  },
  {
    name: 'the earlier event of a key is kept',
    file: 'overflow.ts',
    find: 'for (const item of [...items].reverse())',
    replace: 'for (const item of items)',
  },
  {
    name: 'a run of drops ends where it began',
    file: 'overflow.ts',
    find: 'gap: { ...last.gap, to: cursor }',
    replace: 'gap: last.gap',
  },
  {
    name: 'a full buffer that was emptied at once is not resumed',
    file: 'stream.ts',
    find: '  queueMicrotask(() => roomChanged(stream))\n',
    replace: '',
  },
  // stream, link and subscription
  {
    name: 'nothing is committed',
    file: 'subscription.ts',
    find: '  subscription.committedId = cursor\n',
    replace: '',
  },
  {
    name: 'a burst leaves its timer behind',
    file: 'subscription.ts',
    find: '    if (!queue.length) subscription.cancelBatch?.()\n',
    replace: '',
  },
  {
    name: 'timers outlive their link',
    file: 'stream.ts',
    find: '    for (const name in timers) setTimer(stream, name)\n',
    replace: '',
  },
  {
    name: 'a wait is hurried although the server asked for more',
    file: 'stream.ts',
    find: 'Math.max(stream.notBefore ?? 0, now)',
    replace: 'now',
  },
  {
    name: 'a gap commits the event behind it',
    file: 'link.ts',
    find: 'deliver(stream, { gap, cursor: gap?.to ?? stream.resume.lastEventId })',
    replace: 'deliver(stream, { gap, cursor: stream.resume.lastEventId })',
  },
  {
    name: 'silence after sleep is believed at once',
    file: 'link.ts',
    find: 'if (share && isOverdue(elapsedMs, ms))',
    replace: 'if (!share)',
  },
  {
    name: 'a link that ends goes on being heard',
    file: 'link.ts',
    find: 'if (!active.isOver) act(...args)',
    replace: 'act(...args)',
  },
  {
    name: 'the same credentials are shown again',
    file: 'link.ts',
    find: 'if (!credential || credential !== stream.refused) return',
    replace: 'if (credential || credential !== stream.refused) return',
  },
  {
    name: 'a refresh of long ago is taken for a new one',
    file: 'auth.ts',
    find: 'if (last && last !== refused) return last',
    replace: 'if (last) return last',
  },
  {
    name: 'a loop that ended is not offered again',
    file: 'open-stream.ts',
    find: "if (change.previous === 'error' && handle.stream) prepareIterator(handle)",
    replace: '',
  },
  {
    name: 'the page is watched for ever',
    file: 'pool.ts',
    find: '  stream.unwatch?.()\n',
    replace: '',
  },
  // fallback
  {
    name: 'the next transport is the same one',
    file: 'fallback.ts',
    find: 'index: (index + 1) % count',
    replace: 'index',
  },
  {
    name: 'a blocked transport is retried for ever',
    file: 'fallback.ts',
    find: "code === 'TIMEOUT' && (wasOpen || !hasOpened)",
    replace: "code === 'TIMEOUT' && wasOpen && !hasOpened",
  },
  {
    name: 'a better transport is found and not taken',
    file: 'transport-choice.ts',
    find: "      if (found) host.redial('upgrade')\n",
    replace: '',
  },
  {
    name: 'a probe hurries',
    file: 'fallback.ts',
    find: 'const firstProbeMs = 30_000',
    replace: 'const firstProbeMs = 3000',
  },
  {
    name: 'a probe is not hung up',
    file: 'transport-choice.ts',
    find: '      controller.abort()\n',
    replace: '',
  },
  {
    name: 'a link that ended goes on looking for a better one',
    file: 'stream.ts',
    find: '    choice?.stop(error)\n',
    replace: '',
  },
  // transports
  {
    name: 'a poll goes back to where it began',
    file: 'transports/polling-envelopes.ts',
    find: '      since = position\n',
    replace: '',
  },
  {
    name: 'a socket that is given up stays open',
    file: 'transports/websocket-attempt.ts',
    find: '      socket.close()\n',
    replace: '',
  },
]
