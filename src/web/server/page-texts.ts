import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The three documents, none of which holds data. Their scripts and styles have hashed names and may
 * be cached forever.
 */
export interface PageTexts {
  readonly index: string;
  readonly enter: string;
  readonly locked: string;
}

export function readPages(folder: string): PageTexts {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return { index: read('index.html'), enter: read('enter.html'), locked: read('locked.html') };
}

export const HTML = 'text/html; charset=utf-8';
