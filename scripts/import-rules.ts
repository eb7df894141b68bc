/**
 * Layers of packages/core/src, the ground first. A file may import, at run time, from its own layer and those before
 * it. `at` names a file without its extension, or a folder with a slash at its end. A new file belongs in here.
 */
export const coreLayers = [
  { name: 'ground', at: ['errors', 'env', 'options', 'identity', 'debug', 'protocol/'] },
  { name: 'checks', at: ['checks/'] },
  {
    name: 'rules',
    at: [
      'machine',
      'auth',
      'backoff',
      'heartbeat',
      'resume',
      'delivery',
      'fallback',
      'handlers',
      'item',
      'judge',
      'lifecycle',
      'overflow',
      'recall',
      'schema',
      'event-schemas',
      'stats',
      'transport-choice',
      'validate',
    ],
  },
  { name: 'transports', at: ['transports/'] },
  { name: 'tabs', at: ['tabs/'] },
  { name: 'stream', at: ['shared-stream', 'stream', 'link', 'iterate', 'subscription'] },
  { name: 'manager', at: ['connection-budget', 'manager', 'open-stream', 'pool'] },
  { name: 'channels', at: ['channels/'] },
  { name: 'entry', at: ['create-stream', 'index'] },
  { name: 'store', at: ['store/'] },
  { name: 'presets', at: ['presets/'] },
  { name: 'testing', at: ['testing/'] },
] as const

/** The contract of the transports: the one file of theirs that others may name, for its types. */
export const transportContract = 'transports/transport.ts'

/** What several transports are made of; each belongs to none. */
export const transportParts: readonly string[] = [
  'transports/url.ts',
  'transports/sse-request.ts',
  'transports/envelope-reader.ts',
  'transports/send-queue.ts',
]

/**
 * Arrows that must not exist, types included: `from` and `to` match paths inside src. The contract is exempt.
 * That a transport knows no other is a rule of its own, as it depends on both names.
 */
export const coreNever = [
  { from: /^machine\.ts$/, to: /^transports\//, why: 'the machine knows no transport' },
  { from: /^transports\//, to: /^(stream|link|subscription)\.ts$/, why: 'a transport knows no stream' },
  {
    from: /^(stream|link|pool|open-stream|manager)\.ts$/,
    to: /^transports\//,
    why: 'nobody ships a transport he did not pass in',
  },
  {
    from: /^presets\/(?!create-\w+-stream\.ts|index\.ts)/,
    to: /^(?!presets\/(?!create-\w+-stream\.ts)|env\.ts)/,
    why: 'definitions ship without the client',
  },
  { from: /^checks\//, to: /^(?!checks\/|env\.ts)/, why: 'the doctor ships without the client' },
  { from: /^(?!testing\/)/, to: /^testing\//, why: 'what users ship knows no test tools' },
] as const

/** Which of our own packages' entries each package may import; node: modules are for servers. */
export const packageRules = {
  core: { ours: [], node: false },
  react: { ours: ['@steadystream/core', '@steadystream/core/presets', '@steadystream/core/store'], node: false },
  server: {
    // None of them brings the client along: events are made by pure functions, and the doctor asks what the test kit asks.
    ours: ['@steadystream/core/protocol', '@steadystream/core/events', '@steadystream/core/checks'],
    node: true,
  },
} as const

/** Lines; past this there is a second idea in the file. */
export const maxFileLines = 250
