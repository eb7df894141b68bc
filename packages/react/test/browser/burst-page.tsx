import { useGenerationStream, useRealtimeAlerts } from '@steadystream/react/presets'
import { useLayoutEffect } from 'react'
import { createRoot } from 'react-dom/client'

/** What the page knows of a burst. */
export interface BurstReport {
  isConnected: boolean
  commits: number
  /** Most commits between two frames of the page. */
  mostPerFrame: number
  /** Milliseconds of the longest task of 50 or more; 0 if there was none. */
  longestTaskMs: number
  /** What is shown in the end. */
  shown: readonly string[]
}

declare global {
  interface Window {
    report: BurstReport
  }
}

window.report = { isConnected: false, commits: 0, mostPerFrame: 0, longestTaskMs: 0, shown: [] }
let commitsOfFrame = 0

function Burst({ isConnected, shown }: Pick<BurstReport, 'isConnected' | 'shown'>) {
  useLayoutEffect(() => {
    const { report } = window
    report.commits++
    report.mostPerFrame = Math.max(report.mostPerFrame, ++commitsOfFrame)
    Object.assign(report, { isConnected, shown })
  })
  return shown.map((text, n) => <p key={n}>{text}</p>)
}

function Generation() {
  const { blocks, isConnected } = useGenerationStream('a')
  return <Burst isConnected={isConnected} shown={blocks.map(({ text }) => text)} />
}

function Alerts() {
  const { alerts, isConnected } = useRealtimeAlerts('a')
  return <Burst isConnected={isConnected} shown={alerts.map(({ alertId }) => alertId)} />
}

// Called first of a frame's callbacks, as it was asked for first.
requestAnimationFrame(function nextFrame() {
  commitsOfFrame = 0
  requestAnimationFrame(nextFrame)
})
addEventListener('load', () => {
  new PerformanceObserver((list) => {
    const { report } = window
    report.longestTaskMs = Math.max(report.longestTaskMs, ...list.getEntries().map(({ duration }) => duration))
  }).observe({ type: 'longtask' })
})
createRoot(document.querySelector('main')!).render(location.hash === '#alerts' ? <Alerts /> : <Generation />)
