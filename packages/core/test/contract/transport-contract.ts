import { describe } from 'vitest'

import { describeLinks } from './link-contract.ts'
import { describeStreams } from './stream-contract.ts'

import type { Limits, Serve } from './contract-server.ts'

/** What every transport has to do, against whatever server. Run it on each. */
export function describeTransport(name: string, serve: Serve, limits: Limits): void {
  describe(`${name}: a stream`, () => describeStreams(serve, limits))
  describe(`${name}: a link`, () => describeLinks(serve, limits))
}
