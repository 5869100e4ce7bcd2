/** Locales whose numbers have another separator or other digits: times and texts stay right. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { ALL_SHELLS, ended, opener } from '../everyday.ts';

const LOCALES = ['de_DE', 'ps_AF', 'fa_IR', 'tr_TR'] as const;
const canCompile = existsSync(`/usr/share/i18n/locales/${LOCALES[0]}`);
if (!canCompile && process.env['CI'] === 'true') throw new Error('CI needs locales; .ci/run installs it');

/** Where the compiled locales are; they need not be installed. */
let compiled: string | undefined;
function compile(): string {
  if (compiled !== undefined) return compiled;
  compiled = lastingFolder();
  for (const locale of LOCALES)
    execFileSync('localedef', ['-i', locale, '-f', 'UTF-8', join(compiled, `${locale}.UTF-8`)]);
  return compiled;
}

for (const [name, kind] of ALL_SHELLS)
  (canCompile ? requireShell(name) : describe.skip)(`${name} in the locale`, () => {
    const open = opener(kind, name);

    test.each(LOCALES)('%s records each command with its time', async (locale) => {
      const { shell, spool } = await open({ env: { LOCPATH: compile(), LC_ALL: `${locale}.UTF-8` } });
      const before = Date.now() * 1_000;
      await shell.run('echo Größe');
      await shell.run(kind === 'fish' ? 'false' : '(exit 3)');
      const commands = await ended(spool, 2);
      const after = Date.now() * 1_000;
      expect(commands.map((c) => [c.text, c.status])).toEqual([
        ['echo Größe', 0],
        kind === 'fish' ? ['false', 1] : ['(exit 3)', 3],
      ]);
      const times = commands
        .flatMap(({ startedAt, endedAt }) => [startedAt, endedAt])
        .filter((time) => time !== undefined);
      // Some clocks count whole seconds.
      expect(times.filter((time) => time < before - 1_500_000 || time > after + 1_500_000)).toEqual([]);
      if (kind !== 'fish') expect(times.length).toBeGreaterThan(0);
    });
  });
