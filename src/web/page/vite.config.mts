import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { integrity } from './integrity.mts';
import { precompress } from './precompress.mts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * The front end: three documents, everything else under `assets/` with hashed names and compressed
 * copies beside it.
 */
export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('../../../dist/page'),
    emptyOutDir: true,
    target: 'es2022',
    // The content policy has no inline scripts; a data URL for an image is all that may be inlined.
    modulePreload: { polyfill: false },
    rolldownOptions: { input: [here('index.html'), here('enter.html'), here('locked.html')] },
  },
  plugins: [integrity(), precompress()],
});
