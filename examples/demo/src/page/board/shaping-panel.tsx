import { useState } from 'react'
import { Panel } from '../ui/panel.tsx'
import { useAction } from '../ui/use-action.ts'
import { countInWords } from '../ui/words.ts'
import { laneTypes, noShaping, runShaping } from './shaping-run.ts'
import type { Lane, LaneType, ShapingRun } from './shaping-run.ts'

const names: Readonly<Record<LaneType, string>> = {
  firehose: 'As published',
  firehose_batches: 'In batches',
  firehose_latest: 'Latest by sensor',
}

/** A thousand readings a second, and what becomes of them where the server is told to shape a channel. */
export function ShapingPanel() {
  const [run, setRun] = useState(noShaping)
  const [start, isBusy] = useAction(() => {
    setRun(noShaping)
    return runShaping(setRun)
  })
  const { lanes, log, isOver } = run
  return (
    <Panel
      title="A thousand a second"
      className="shaping"
      aside={
        <button type="button" disabled={isBusy} onClick={() => start()}>
          Open the hose
        </button>
      }
    >
      <p className="lead" role="status">
        {isBusy && 'Five sensors, 1,000 readings a second, for three seconds…'}
        {isOver && log && `The server published ${countInWords(log.published)} readings to each channel.`}
        {!isBusy && !isOver && 'One publisher, three channels, one connection; two of them with a shape.'}
      </p>
      <div className="table-frame">
        <table>
          <thead>
            <tr>
              <th scope="col">Channel</th>
              <th scope="col">Events</th>
              <th scope="col">Readings in them</th>
              <th scope="col">Most in a second</th>
              <th scope="col">Last values</th>
            </tr>
          </thead>
          <tbody>
            {laneTypes.map((type) => (
              <LaneRow key={type} type={type} lane={lanes[type]} run={run} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

interface LaneRowProps {
  readonly type: LaneType
  readonly lane: Lane
  readonly run: ShapingRun
}

function LaneRow({ type, lane, run: { log, isOver } }: LaneRowProps) {
  const isRight =
    log && Object.entries(log.values).every(([sensor, value]) => lane.values[sensor] === value) && lane.gaps === 0
  return (
    <tr data-lane={type}>
      <th scope="row">{names[type]}</th>
      <td data-fact={`${type}-events`}>{countInWords(lane.events)}</td>
      <td data-fact={`${type}-readings`}>{countInWords(lane.readings)}</td>
      <td data-fact={`${type}-peak`}>{countInWords(lane.peak)}</td>
      <td data-fact={`${type}-values`}>{!isOver ? '–' : isRight ? 'as sent' : 'not as sent'}</td>
    </tr>
  )
}
