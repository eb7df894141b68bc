import { laterTurn } from './lagging-backplane.ts'

/** Waits by turns of the event loop alone. `vi.waitFor` would move the fake clock on while it waits. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000; turn++) {
    if (holds()) return
    await laterTurn()
  }
  throw new Error(`never came to be: ${String(holds)}`)
}
