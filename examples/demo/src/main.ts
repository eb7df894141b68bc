import { consoleLogger } from './console-logger.ts'
import { startHost } from './host.ts'
import { readSettings } from './settings.ts'
import type { Host } from './host.ts'
import type { Settings } from './settings.ts'

await main()

async function main(): Promise<void> {
  let settings: Settings
  try {
    settings = readSettings(process.env)
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
  const logger = consoleLogger()
  try {
    const demo = await startHost(settings, logger)
    stopOnSignal(demo)
    console.log(`Steadystream demo on http://localhost:${demo.port}`)
  } catch (error) {
    if (!isPortTaken(error)) throw error
    const { port } = settings
    fail(
      `Port ${port} is taken. Stop the program that holds it, or choose another one: PORT=${port < 65_535 ? port + 1 : 0} npm start`,
    )
  }
}

/** The process ends by itself once nothing is open; a second signal ends it at once, as signals do. */
function stopOnSignal(demo: Host): void {
  const stop = () => {
    process.off('SIGTERM', stop).off('SIGINT', stop)
    demo.close().catch((error: unknown) => {
      console.error(error)
      process.exitCode = 1
    })
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}
