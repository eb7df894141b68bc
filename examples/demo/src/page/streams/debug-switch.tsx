import { useState } from 'react'

const key = 'debug'
const pattern = 'streaming:*'

/** `localStorage.debug`, as a box: what happens inside is told to the browser's console. */
export function DebugSwitch() {
  const [isOn, setOn] = useState(() => (window.localStorage.getItem(key) ?? '').includes('streaming'))
  function change(on: boolean): void {
    if (on) window.localStorage.setItem(key, pattern)
    else window.localStorage.removeItem(key)
    setOn(on)
  }
  return (
    <label className="check">
      <input type="checkbox" checked={isOn} onChange={(event) => change(event.target.checked)} />
      <span>
        Tell the console what happens inside (<code>localStorage.debug = &apos;{pattern}&apos;</code>)
      </span>
    </label>
  )
}
