/** The web UI: built from src/web into dist/web, which the server hands out; in development its /api goes to a running Instep. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const api = `http://127.0.0.1:${process.env['INSTEP_PORT'] ?? '3000'}`;

/** Beside each script and style its brotli form, which the server hands to browsers that take it: a third of the bytes, compressed once. */
const compressed: Plugin = {
  name: 'compressed', apply: 'build',
  // From the files as written: other plugins change the code until then.
  writeBundle({ dir }, bundle) {
    for (const { fileName } of Object.values(bundle)) {
      if (!/\.(js|css)$/.test(fileName)) continue;
      const file = path.join(dir!, fileName);
      fs.writeFileSync(`${file}.br`, brotliCompressSync(fs.readFileSync(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
    }
  },
};

export default defineConfig({
  root: fileURLToPath(new URL('./src/web', import.meta.url)),
  base: '/',
  plugins: [react(), compressed],
  build: {
    outDir: fileURLToPath(new URL('./dist/web', import.meta.url)), emptyOutDir: true, assetsDir: 'assets',
    sourcemap: false, manifest: false, target: 'es2024', reportCompressedSize: false,
    // Pictures are never inlined: the page's policy allows its own files only.
    assetsInlineLimit: 0, modulePreload: { polyfill: false },
    // One stylesheet: a page looks the same whichever pages were open before it.
    cssCodeSplit: false,
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target: api, changeOrigin: true } } },
});
