import { initialState, transition } from '../../src/machine.ts'

import type { MachineEvent, MachineState, PauseReason } from '../../src/machine.ts'

const plain = [
  'start',
  'opened',
  'healthy',
  'progressed',
  'delivered',
  'lost',
  'fatal',
  'completed',
  'retryDue',
  'redial',
  'hint',
  'stop',
] as const
/** An event, with the reason of those that have one. */
export type Word =
  | (typeof plain)[number]
  | `pause ${'offline' | 'frozen' | 'hidden' | 'queued'}`
  | `resume ${'offline' | 'frozen' | 'hidden' | 'queued'}`
  | `redial ${'refreshing'}`
export const words: readonly Word[] = [
  ...plain,
  'redial refreshing',
  'pause offline',
  'pause frozen',
  'pause hidden',
  'pause queued',
  'resume offline',
  'resume frozen',
  'resume hidden',
  'resume queued',
]

/** An event and the reason that comes with it, in one word or two. */
export function apply(state: MachineState, word: Word) {
  const [event, reason] = word.split(' ') as [MachineEvent, PauseReason | undefined]
  return transition(state, event, reason)
}

/** The state that these events lead to. */
export function after(...path: Word[]): MachineState {
  return path.reduce((state, word) => apply(state, word)[0], initialState(2))
}
