/**
 * The state with these changes; `state` itself if they change nothing. What is compared is JSON. Of an event whose
 * unchecked rest is nested too deep for that, nothing is taken.
 */
export function update<State extends object>(state: State, changes: Partial<State>): State {
  const next = { ...state, ...changes }
  try {
    return JSON.stringify(next) === JSON.stringify(state) ? state : next
  } catch {
    return state
  }
}
