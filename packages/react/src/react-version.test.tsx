import { render, screen } from '@testing-library/react'
import { version } from 'react'
import { version as domVersion } from 'react-dom'
import { expect, inject, test } from 'vitest'

declare module 'vitest' {
  export interface ProvidedContext {
    /** React's major version in this vitest project. */
    reactMajor: number
  }
}

test('runs on the major version of React that the project names', () => {
  const major = inject('reactMajor')
  render(<p>rendered</p>)

  expect([version, domVersion].map((text) => Number.parseInt(text))).toEqual([major, major])
  // Elements of one major are refused by the renderer of another: this proves that the JSX runtime is the same one.
  expect(screen.getByText('rendered').tagName).toBe('P')
})
