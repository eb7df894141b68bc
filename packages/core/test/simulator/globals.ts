import type { World } from './world.ts'

/** Defines these globals. @returns what puts back what was there. */
export function replaceGlobals(globals: Readonly<Record<string, unknown>>): () => void {
  const former = Object.keys(globals).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  return () => {
    for (const [name, descriptor] of former) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor)
      else Reflect.deleteProperty(globalThis, name)
    }
  }
}

/** The runtime's timers, on virtual time: the library that dials sockets is given no clock. */
export function virtualTimers({ clock }: World): Readonly<Record<string, unknown>> {
  return {
    setTimeout: (act: () => void, ms = 0) => clock.after(ms, act),
    clearTimeout: (cancel: unknown) => typeof cancel === 'function' && (cancel as () => void)(),
  }
}

const transports = Symbol.for('steadystream.transports')

/** What worked is remembered for the page: a run is another one. */
export function forgetTransports(): void {
  Reflect.deleteProperty(globalThis, transports)
}
