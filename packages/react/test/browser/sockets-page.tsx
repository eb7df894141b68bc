import { hydrateRoot } from 'react-dom/client'

import { App } from './sockets-app.tsx'

hydrateRoot(document.querySelector('main')!, <App />)
