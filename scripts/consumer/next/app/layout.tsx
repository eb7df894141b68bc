import type { ReactNode } from 'react'

export const metadata = { title: 'A fresh app', icons: { icon: 'data:,' } }

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
