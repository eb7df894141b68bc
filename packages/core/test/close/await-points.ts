import { createHook } from 'node:async_hooks'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import ts from 'typescript'

const source = fileURLToPath(new URL('../../src/', import.meta.url))
/**
 * Tools that own no stream of a user's, which he could close: each question of theirs ends by itself. That they leave
 * nothing, live-endpoint.test.ts proves.
 */
const isTool = (path: string) => /^(testing|checks)\//.test(path)
const isOurs = (path: string) => /\/core\/src\/(?!testing\/|checks\/)/.test(path)

/** How far from the call that makes a promise its place in the source may be. */
const deepest = 12

/**
 * Calls `about` whenever something is about to go on that the source of this package waits for, with its place, such as
 * `transports/sse.ts:58:44`: the continuation of an `await`, a callback of `then`, a microtask.
 * @returns what ends that
 */
export function watchContinuations(about: (place: string) => void): () => void {
  const placeOf = new Map<number, string>()
  const hook = createHook({
    init(id, type) {
      // Timers and sockets are the runtime's, which does not bear to be disturbed before their callbacks.
      const place = type === 'PROMISE' || type === 'Microtask' ? callingPlace() : undefined
      if (place) placeOf.set(id, place)
    },
    before(id) {
      const place = placeOf.get(id)
      if (place) about(place)
    },
  }).enable()
  return () => void hook.disable()
}

/** By the place in the code that runs: mapping that to the source is slow. */
const known = new Map<string, string | undefined>()

function callingPlace(): string | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error
  Error.stackTraceLimit = deepest
  Error.prepareStackTrace = (_, sites) => sites
  // What prepareStackTrace returns is what there is.
  const sites = new Error('where').stack as unknown as NodeJS.CallSite[]
  Error.prepareStackTrace = prepareStackTrace
  const site = sites.find((each) => isOurs(each.getFileName() ?? ''))
  let place: string | undefined
  if (site) {
    const key = `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`
    if (!known.has(key)) known.set(key, mappedPlace(new Error('where').stack ?? ''))
    place = known.get(key)
  }
  Error.stackTraceLimit = stackTraceLimit
  return place
}

const mappedPlace = (stack: string) =>
  stack
    .split('\n')
    .find(isOurs)
    ?.match(/\/core\/src\/([^)]+)/)?.[1]

/** A place in the source at which something is waited for. */
export interface AwaitPoint {
  /** Such as `transports/sse.ts:58`. */
  readonly name: string
  /** Whether a place is inside it. */
  includes(place: string): boolean
}

/** Every `await`, `.then(…)` and `.catch(…)` of this package's source. */
export function awaitPoints(): AwaitPoint[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !isTool(path))
    .flatMap(pointsOf)
}

function pointsOf(path: string): AwaitPoint[] {
  const file = ts.createSourceFile(path, readFileSync(source + path, 'utf8'), ts.ScriptTarget.Latest, true)
  const points: AwaitPoint[] = []

  function visit(node: ts.Node): void {
    if (ts.isAwaitExpression(node) || isThen(node)) {
      const [start, end] = [node.getStart(), node.end].map((at) => file.getLineAndCharacterOfPosition(at))
      points.push({
        name: `${path}:${(start?.line ?? 0) + 1}`,
        includes(place) {
          const [at, row, column] = place.split(':')
          const position = { line: Number(row) - 1, character: Number(column) - 1 }
          return at === path && isOrdered(start, position) && isOrdered(position, end)
        },
      })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return points
}

const isOrdered = (one: ts.LineAndCharacter | undefined, other: ts.LineAndCharacter | undefined) =>
  !!one && !!other && (one.line < other.line || (one.line === other.line && one.character <= other.character))

const isThen = (node: ts.Node) =>
  ts.isCallExpression(node) &&
  ts.isPropertyAccessExpression(node.expression) &&
  /^(then|catch)$/.test(node.expression.name.text)
