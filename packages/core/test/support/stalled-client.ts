import { createEnhancedSSEStream } from '../../src/index.ts'

/** What the process tells: its heap over the start, then what it received. */
export type StalledClientReport =
  | { readonly kind: 'stalled' }
  | { readonly kind: 'heap'; readonly grownBy: number }
  | { readonly kind: 'over'; readonly received: number; readonly outOfOrder: number; readonly gaps: number }

const report = (message: StalledClientReport) => process.send?.(message)

/** In a process of its own, so that its heap holds nothing of the server's. `argv[2]` is the URL. */
function run(url: string): void {
  const { gc } = globalThis
  if (!gc) throw new Error('run with --expose-gc')
  const used = () => {
    gc()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  let received = 0
  let outOfOrder = 0
  let gaps = 0
  let goOn = (): void => {}
  const stalled = new Promise<void>((resolve) => (goOn = resolve))
  const before = used()

  process.on('message', (message) => {
    if (message === 'measure') report({ kind: 'heap', grownBy: used() - before })
    if (message === 'go on') goOn()
  })
  createEnhancedSSEStream<{ n: number }>(url, {
    onData({ n }) {
      received += 1
      if (n !== received) outOfOrder += 1
      if (n > 1) return undefined
      report({ kind: 'stalled' })
      return stalled
    },
    onGap: () => void gaps++,
    onComplete() {
      report({ kind: 'over', received, outOfOrder, gaps })
      process.disconnect()
    },
  })
}

const [, , url] = process.argv
if (url) run(url)
