import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const target = process.env['DEMO_URL'] ?? 'http://localhost:8000'

export default defineConfig({
  plugins: [react()],
  build: { chunkSizeWarningLimit: 1000 },
  preview: { host: '127.0.0.1', port: 0, proxy: { '/api': { target }, '/ws': { target, ws: true } } },
})
