import { createHash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { decode, encode } from 'fast-png'
import { createAnimation } from './animation.ts'
import { createScene } from './scene.ts'
import type { WorkerAnswer, WorkerTask } from './worker-messages.ts'
import type { Scene } from './scene.ts'

// Runs in a worker thread, so that drawing never holds up the server's event loop; here blocking calls are right.

/** How many frames go into the animation between two reports. */
const framesPerReport = 6

let scene: { readonly seed: number; readonly scene: Scene } | undefined

parentPort?.on('message', (task: WorkerTask) => {
  try {
    answer({ kind: 'done', ...(task.kind === 'frame' ? renderFrame(task) : assemble(task)) })
  } catch (error) {
    answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
})

function renderFrame({ seed, number, totalFrames, file }: Extract<WorkerTask, { kind: 'frame' }>) {
  if (scene?.seed !== seed) scene = { seed, scene: createScene(seed) }
  const picture = scene.scene.draw(number, totalFrames)
  return writeWhole(file, encode({ ...picture, channels: 3, depth: 8 }))
}

function assemble({ frameFiles, file }: Extract<WorkerTask, { kind: 'animation' }>) {
  const animation = createAnimation()
  frameFiles.forEach((frameFile, index) => {
    const { width, height, data } = decode(readFileSync(frameFile))
    animation.add({ width, height, data: Uint8Array.from(data) })
    if ((index + 1) % framesPerReport === 0) answer({ kind: 'progress', done: index + 1 })
  })
  return writeWhole(file, animation.finish())
}

/** A file under its own name is always whole: a process killed while writing leaves a `.part` behind, nothing else. */
function writeWhole(file: string, content: Uint8Array): { bytes: number; sha256: string } {
  writeFileSync(`${file}.part`, content)
  renameSync(`${file}.part`, file)
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}

function answer(message: WorkerAnswer): void {
  parentPort?.postMessage(message)
}
