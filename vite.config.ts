/** The web UI: built from src/web into dist/web, which the server hands out; in development its /api goes to a running Instep. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = `http://127.0.0.1:${process.env['INSTEP_PORT'] ?? '3000'}`;

export default defineConfig({
  root: fileURLToPath(new URL('./src/web', import.meta.url)),
  base: '/',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('./dist/web', import.meta.url)), emptyOutDir: true, assetsDir: 'assets',
    sourcemap: false, manifest: false, target: 'es2024', reportCompressedSize: false,
    // Pictures are never inlined: the page's policy allows its own files only.
    assetsInlineLimit: 0, modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target: api, changeOrigin: true } } },
});
