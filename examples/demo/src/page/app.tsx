import { streamManager } from '@steadystream/core'
import { StreamProvider } from '@steadystream/react'
import { ChatPage } from './chat/chat-page.tsx'
import { ServerPage } from './board/server-page.tsx'
import { LabPage } from './lab/lab-page.tsx'
import { LabTab } from './lab/lab-tab.tsx'
import { Announcer } from './shell/announcer.tsx'
import { usePath } from './shell/route.ts'
import { TopBar } from './shell/top-bar.tsx'
import { StreamsPage } from './streams/streams-page.tsx'
import { CampaignPage } from './studio/campaign-page.tsx'
import { RenderPage } from './studio/render-page.tsx'
import { ScriptPage } from './studio/script-page.tsx'
import { WirePage } from './wire/wire-page.tsx'
import { WritingPage } from './writing/writing-page.tsx'
import type { ReactNode } from 'react'

const pages: Readonly<Record<string, () => ReactNode>> = {
  '/': RenderPage,
  '/script': ScriptPage,
  '/campaign': CampaignPage,
  '/writing': WritingPage,
  '/chat': ChatPage,
  '/lab': LabPage,
  '/lab/wire': WirePage,
  '/lab/streams': StreamsPage,
  '/lab/server': ServerPage,
}

export function App() {
  const path = usePath()
  // One of the six small tabs of the lab: it stands in a frame, and has no bar.
  if (path === '/lab/tab') return <LabTab />
  const Page = pages[path] ?? RenderPage
  return (
    <StreamProvider manager={streamManager}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <TopBar path={path} />
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
      <Announcer />
    </StreamProvider>
  )
}
