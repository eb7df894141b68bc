import { bundleRenderWorker } from './bundle-render-worker.ts'
import { pageRoutes } from './http/page-routes.ts'
import type { Router } from 'express'

/** What is built once when the process starts, and outlives a restart of the server in it. */
export interface Assets {
  readonly pages: Router
  readonly workerSource: string
}

export async function buildAssets(): Promise<Assets> {
  const [pages, workerSource] = await Promise.all([pageRoutes(), bundleRenderWorker()])
  return { pages, workerSource }
}
