import type { Engine } from '../engine.ts'
import type { Counts } from './observer.ts'

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8'

interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly samples: readonly Sample[]
}

interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

const transports = ['sse', 'websocket', 'polling'] as const

/**
 * What can be counted, in Prometheus' text format. No label holds what clients name, such as channels or users: anybody
 * could make as many series as he likes, and everybody who reads metrics would see them.
 */
export function formatMetrics(engine: Engine, counts: Counts): string {
  return [...sessionMetrics(engine, counts), ...channelMetrics(engine, counts)].map(formatMetric).join('')
}

function sessionMetrics({ sessions }: Engine, counts: Counts): Metric[] {
  const closed = transports.flatMap((transport) =>
    Array.from(counts.closed.get(transport) ?? [], ([reason, value]) => ({
      labels: { transport, reason: reason.replaceAll(' ', '_') },
      value,
    })),
  )
  const each = (valueOf: (transport: (typeof transports)[number]) => number): Sample[] =>
    transports.map((transport) => ({ labels: { transport }, value: valueOf(transport) }))
  const open = Array.from(sessions, ({ transport }) => transport)
  const refused = Array.from(counts.refused.values(), ({ transport, asked, status, code, count }) => ({
    labels: { transport, asked, status: String(status), code: code.toLowerCase() },
    value: count,
  }))
  return [
    gauge(
      'sessions',
      'Sessions that are open.',
      ...each((transport) => open.filter((other) => other === transport).length),
    ),
    counter('sessions_opened_total', 'Sessions opened.', ...each((transport) => counts.opened.get(transport) ?? 0)),
    counter('sessions_closed_total', 'Sessions over, by what ended them.', ...closed),
    counter('refused_total', 'Requests and commands refused, by why.', ...refused),
    counter('events_sent_total', 'Events sent to clients.', ...each((transport) => sessions.eventsSent(transport))),
    gauge('queued_bytes', 'Bytes that wait for clients to read.', { value: sessions.queuedBytes }),
  ]
}

function channelMetrics({ backplane, hub, isOpen }: Engine, counts: Counts): Metric[] {
  const channels = hub.holders()
  const errors = Array.from(counts.backplaneErrors, ([stage, value]) => ({ labels: { stage }, value }))
  return [
    gauge('channels', 'Channels that are followed here.', { value: channels.length }),
    gauge('subscriptions', 'Sessions over all channels, each as often as it follows one.', {
      value: channels.reduce((sum, { subscribers }) => sum + subscribers, 0),
    }),
    counter('events_published_total', 'Events published by this process.', { value: counts.published }),
    counter('published_bytes_total', 'Their size as JSON.', { value: counts.publishedBytes }),
    gauge('backplane_connected', 'Whether the backplane can be reached.', {
      value: Number(backplane.stats().isConnected),
    }),
    counter('backplane_errors_total', 'What the backplane failed at.', ...errors),
    gauge('draining', 'Whether this process goes away.', { value: Number(!isOpen()) }),
  ]
}

function gauge(name: string, help: string, ...samples: Sample[]): Metric {
  return { name: `steadystream_${name}`, type: 'gauge', help, samples }
}

function counter(name: string, help: string, ...samples: Sample[]): Metric {
  return { name: `steadystream_${name}`, type: 'counter', help, samples }
}

function formatMetric({ name, type, help, samples }: Metric): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`)
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}
