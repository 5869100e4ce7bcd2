import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { MESSAGE_VALIDATORS } from '../../../src/generated/message-validators.js';

test('docs/protocol.md describes every message type, and no other', () => {
  const text = readFileSync(join(__dirname, '../../../docs/protocol.md'), 'utf8');
  const [, section = ''] = /^## 4\. Types$(.*?)^## /ms.exec(text) ?? [];
  const described = [...section.matchAll(/^\| `([a-z-]+)`/gm)].map(([, type]) => type);
  expect(described.sort()).toEqual(Object.keys(MESSAGE_VALIDATORS).sort());
});
