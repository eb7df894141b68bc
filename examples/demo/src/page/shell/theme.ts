import { useState } from 'react'

export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'steadystream-theme'

function stored(): Theme {
  const kept = window.localStorage.getItem(key)
  return themes.find((theme) => theme === kept) ?? 'auto'
}

function show(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

show(stored())

/** Light, dark, or what the system says; kept for the next visit. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(stored)
  return [
    theme,
    (next) => {
      window.localStorage.setItem(key, next)
      show(next)
      setTheme(next)
    },
  ]
}
