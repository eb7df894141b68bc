import { useState } from 'react'
import { sayFailure } from '../shell/notice.ts'

/** Runs what a button starts: busy meanwhile, and what fails is said. */
export function useAction<Args extends readonly unknown[]>(
  action: (...args: Args) => Promise<unknown>,
): [run: (...args: Args) => void, isBusy: boolean] {
  const [isBusy, setBusy] = useState(false)
  function run(...args: Args): void {
    setBusy(true)
    action(...args)
      .catch(sayFailure)
      .finally(() => setBusy(false))
  }
  return [run, isBusy]
}
