import { Worker } from 'node:worker_threads'
import type { WorkerAnswer, WorkerTask } from './worker-messages.ts'

export interface WrittenFile {
  readonly bytes: number
  readonly sha256: string
}

export interface Renderer {
  /** Performs one task; the next may be given when it has settled. `onProgress` gets the number of frames assembled. */
  run(task: WorkerTask, onProgress?: (done: number) => void): Promise<WrittenFile>
  /** Ends the worker at once; a task under way rejects. */
  stop(): Promise<void>
}

/** The main thread's side of the render worker, whose script is `source`. The thread starts with the first task. */
export function createRenderer(source: string): Renderer {
  let worker: Worker | undefined
  let stopped = false

  return {
    run(task, onProgress = () => {}) {
      if (stopped) return Promise.reject(new Error('the renderer has been stopped'))
      worker ??= new Worker(source, { eval: true })
      const current = worker
      return perform(current, task, onProgress).catch((error: unknown) => {
        // A thread that failed may be dead or half-way through: the next task gets a new one.
        if (worker === current) worker = undefined
        void current.terminate()
        throw error
      })
    },
    async stop() {
      stopped = true
      await worker?.terminate()
    },
  }
}

function perform(worker: Worker, task: WorkerTask, onProgress: (done: number) => void): Promise<WrittenFile> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      act()
    }
    const onError = (error: unknown) => settle(() => reject(error instanceof Error ? error : new Error(String(error))))
    const onExit = () => settle(() => reject(new Error('the render worker ended')))
    const onMessage = (answer: WorkerAnswer) => {
      if (answer.kind === 'progress') return onProgress(answer.done)
      if (answer.kind === 'done') return settle(() => resolve({ bytes: answer.bytes, sha256: answer.sha256 }))
      settle(() => reject(new Error(answer.message)))
    }
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    worker.postMessage(task)
  })
}
