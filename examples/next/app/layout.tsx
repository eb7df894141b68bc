import type { ReactNode } from 'react'

export const metadata = { title: 'Agent chat' }

// Next.js finds a layout by its default export.
// oxlint-disable-next-line import/no-default-export
export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
