import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../../src/shell/analyse.ts';
import { redact } from '../../../src/shell/redact.ts';
import { fillTemplate } from './templates.ts';

const lines = (file: string): readonly string[] =>
  readFileSync(join(__dirname, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replaceAll('⏎', '\n'));

const masked = (command: string): string => redact(command, analyse(command, 'bash')).text;

/** A part of a long secret that would be enough to recognize it. */
const tail = (secret: string): string => (secret.length > 16 ? secret.slice(-8) : secret);

describe('credentials where programs take them', () => {
  const contexts = lines('contexts.txt');
  const families = new Set(contexts.map((line) => line.slice(0, line.indexOf('|'))));

  test.each([...families])('%s: each is masked to its end', (family) => {
    const missed = contexts
      .filter((line) => line.startsWith(`${family}|`))
      .flatMap((line) => Array.from({ length: 4 }, (_, round) => fillTemplate(line.slice(family.length + 1), round)))
      .filter(({ command, secrets }) => {
        const text = masked(command);
        return secrets.length === 0 || secrets.some((secret) => text.includes(tail(secret)));
      });
    expect(missed.map(({ command }) => command)).toEqual([]);
  });

  test('the command itself stays', () => {
    for (const line of contexts) {
      const { command, secrets } = fillTemplate(line.slice(line.indexOf('|') + 1), 0);
      const [first = ''] = command.split(/[\s=("']/, 1);
      if (!secrets.some((secret) => first.includes(secret))) expect(masked(command)).toContain(first);
    }
  });
});

describe('what only looks like a credential', () => {
  test('stays as it is', () => {
    expect(lines('look-alikes.txt').filter((command) => masked(command) !== command)).toEqual([]);
  });
});
