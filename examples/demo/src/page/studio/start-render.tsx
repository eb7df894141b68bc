import { useState } from 'react'
import { Choice } from '../ui/choice.tsx'
import { useAction } from '../ui/use-action.ts'
import { startJob } from './job-api.ts'

const lengths = [
  { value: '60', name: '60' },
  { value: '180', name: '180' },
  { value: '360', name: '360 frames' },
] as const

export function StartRender({ onStarted }: { readonly onStarted: (jobId: string) => void }) {
  const [frames, setFrames] = useState<(typeof lengths)[number]['value']>('180')
  const [start, isBusy] = useAction(async () => onStarted(await startJob(Number(frames))))
  return (
    <div className="row">
      <Choice label="Length of the animation" options={lengths} value={frames} onChange={setFrames} />
      <button type="button" className="primary" disabled={isBusy} onClick={() => start()}>
        Start a render
      </button>
    </div>
  )
}
