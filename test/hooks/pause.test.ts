import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openPauses } from '../../src/storage/spool/pause-files.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { until } from '../rig/until.ts';
import { ALL_SHELLS, opener } from './everyday.ts';

const HOUR_MS = 3_600_000;

describe.each(ALL_SHELLS)('%s', (name, kind) => {
  requireShell(name)('during a pause', () => {
    const open = opener(kind, name);

    const settings = kind === 'fish' ? [''] : ['', 'set -u', 'readonly IFS until=1'];
    test.each(settings)('writes nothing, not even what ends after it, until it is over (%s)', async (before) => {
      const { shell, spool, texts } = await open({ before });
      const pauses = openPauses({ pauses: join(spool.root, 'pauses'), spool: spool.dir });
      const everything = (): string =>
        readdirSync(spool.dir)
          .map((file) => readFileSync(join(spool.dir, file), 'latin1'))
          .join('\n');
      await shell.run(': one');
      await until(
        () => Promise.resolve(texts()),
        (list) => list.includes(': one'),
      );
      const now = Date.now();
      pauses.write([{ fromMs: now, untilMs: now + HOUR_MS }], now);
      // The prompt that is there was shown before the pause.
      await shell.run(': hidden-1');
      await shell.run(': hidden-2; : hidden-3');
      await shell.run(': hidden-4');
      pauses.write([], Date.now());
      await shell.run(': two');
      await shell.run(': three');
      await until(
        () => Promise.resolve(texts()),
        (list) => list.includes(': three'),
      );
      expect(everything()).not.toContain('hidden');
      // A shell without a start time cannot tell what was typed at a prompt of the pause.
      expect(texts().filter((text) => text !== ': two')).toEqual([': one', ': three']);
      expect(spool.lost()).toBe(0);
      expect(shell.screen()).not.toMatch(/_caro|error/i);
    });

    test.each([
      ['that is over', () => `1000 ${Math.floor(Date.now() / 1_000) - 1}\n`],
      ['without an end', () => '1000\n'],
      ['of other words', () => 'now later\n'],
      ['that is empty', () => ''],
    ])('records in spite of a pause %s', async (_case, text) => {
      const { shell, spool, texts } = await open();
      await shell.run(': one');
      writeFileSync(join(spool.dir, '.pause'), text(), { mode: 0o600 });
      await shell.run(': two');
      await shell.run(': three');
      await until(
        () => Promise.resolve(texts()),
        (list) => list.includes(': three'),
      );
      expect(texts()).toEqual([': one', ': two', ': three']);
      expect(shell.screen()).not.toMatch(/_caro|error/i);
    });
  });
});
