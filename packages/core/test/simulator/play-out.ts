import type { World } from './world.ts'

/** Plays a run to its end, or to what is thrown, which fails it; then everything is as it was before. */
export async function playOut(
  world: World,
  play: () => Promise<void>,
  ...restores: readonly (() => void)[]
): Promise<void> {
  try {
    await play()
  } catch (error) {
    world.fail(`thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  } finally {
    for (const restore of restores) restore()
  }
}
