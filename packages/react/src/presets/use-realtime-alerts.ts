import { alerts, dismissAlert } from '@steadystream/core/presets'

import { presentState, usePreset } from './use-preset.ts'

import type { AlertEvent, AlertsState } from '@steadystream/core/presets'
import type { Present } from '../use-store.ts'
import type { Id, PresetOptions, PresetView } from './use-preset.ts'

export interface AlertsView extends PresetView<AlertsState> {
  /** Takes one away, for every component that shows this user's alerts. */
  readonly dismissAlert: (alertId: string) => void
  /** Takes all of them away. */
  readonly clearAlerts: () => void
}

const present: Present = (store) => {
  // The state is that of the preset.
  const presented = presentState(store)
  const actions = {
    dismissAlert: (alertId: string) => store.update((state) => dismissAlert(state as AlertsState, alertId)),
    clearAlerts: () => store.update(() => alerts.initial),
  }
  return (link, state) => ({ ...presented(link, state), ...actions })
}

/** A user's alerts, the latest first: at most 100, of which the oldest go. */
export const useRealtimeAlerts = (userId: Id, options?: PresetOptions<AlertEvent>): AlertsView =>
  // What it presents.
  usePreset(alerts, userId && { userId }, options, present) as AlertsView
