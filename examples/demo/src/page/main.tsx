import { StrictMode } from 'react'
import { streamManager } from '@steadystream/core'
import { createRoot } from 'react-dom/client'
import { baseUrl } from './api.ts'
import { App } from './app.tsx'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/layout.css'
import './styles/link.css'
import './styles/status.css'
import './styles/figure.css'
import './styles/render.css'
import './styles/script.css'
import './styles/campaign.css'
import './styles/writing.css'
import './styles/chat.css'
import './styles/lab.css'
import './styles/rooms.css'
import './styles/wire.css'
import './styles/board.css'

// One setting for every stream of the pages, and for the light that shows how they are.
if (baseUrl !== '') streamManager.configure({ baseUrl, credentials: 'include' })

const root = document.getElementById('app')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
