import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/**
 * Writes the digest of each script and style into the documents that load it, so that a browser
 * refuses another one that it kept from a program which held this origin before. Parts that a
 * script imports later are preloaded for the same reason.
 */
export function integrity(): Plugin {
  return {
    name: 'integrity',
    apply: 'build',
    writeBundle({ dir = '' }, bundle) {
      const digest = (path: string): string =>
        `sha384-${createHash('sha384')
          .update(readFileSync(join(dir, path)))
          .digest('base64')}`;
      const later = Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? part.dynamicImports : []));
      for (const name of readdirSync(dir).filter((file) => file.endsWith('.html'))) {
        const text = readFileSync(join(dir, name), 'utf8');
        const preloads = name === 'index.html' ? [...new Set(later)].map(preloadOf) : [];
        const whole = text.replace('</head>', `${preloads.join('')}</head>`);
        writeFileSync(
          join(dir, name),
          whole.replaceAll(
            /(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g,
            (found, path: string) => `${found} integrity="${digest(path)}"`,
          ),
        );
      }
    },
  };
}

const preloadOf = (path: string): string => `<link rel="modulepreload" crossorigin href="./${path}">\n`;
