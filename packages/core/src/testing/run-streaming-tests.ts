import { fail } from '../checks/finding.ts'
import { checkEndpoint } from './check-endpoint.ts'
import { reconnectionChecks } from './reconnection-checks.ts'
import { runSelfChecks } from './self-check.ts'
import { createReport } from './streaming-report.ts'
import { autopilotChecks } from './test-autopilot-streaming.ts'
import { managerChecks } from './test-stream-manager.ts'

import type { EndpointOptions } from './check-endpoint.ts'
import type { StreamingReport } from './streaming-report.ts'

/**
 * Without an argument, checks the library against scripted streams, on virtual time: that it works where it runs. With
 * one, checks a live endpoint from outside, which takes about as long as its heartbeat. Never rejects: whatever goes
 * wrong is a finding.
 */
export async function runStreamingTests(endpoint?: EndpointOptions): Promise<StreamingReport> {
  try {
    return createReport(
      await (endpoint
        ? checkEndpoint(endpoint)
        : runSelfChecks([...reconnectionChecks, ...managerChecks, ...autopilotChecks])),
    )
  } catch (thrown) {
    return createReport([fail('run', String(thrown), 'see the options of runStreamingTests')])
  }
}
