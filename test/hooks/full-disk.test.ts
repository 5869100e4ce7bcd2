/**
 * The hook counts records that it cannot write, and reports the number when it can write again
 * (docs/design.md §2).
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ShellKind } from '../../src/domain/events/shell-kind.ts';
import { decodeSpool } from '../../src/domain/spool/spool-record.ts';
import { PROMPT, type ShellName } from '../rig/programs/pty.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { mountSmallDisk, requireSmallDisks, type SmallDisk } from '../rig/system/small-disk.ts';
import { until } from '../rig/until.ts';
import { ALL_SHELLS } from './everyday.ts';
import { makeSpool, type Observed, observe, type Spool } from './observed.ts';

/** Shells that write a start and an end record; the others write one for both. */
const TWO_RECORDS: readonly ShellName[] = ['bash', 'zsh', 'fish', 'dash'];
/** The feed of dash alone takes 16. */
const KIB = 64;
/** Long enough that some of them cross a page of the disk. */
const TYPED = Array.from({ length: 24 }, (_, index) => `: ${index} ${'x'.repeat(150 + 7 * index)}`);
const QUIET = ['echo out', 'cd /', 'sh -c "exit 3"', ' echo hidden', 'echo on'];

/** In this case, bash gets the text only through a scratch file in the spool. */
const MINE = "trap ': mine' DEBUG";

type Trouble = readonly [what: string, begin: (disk: SmallDisk) => void, end: (disk: SmallDisk) => void];
const TROUBLES: readonly Trouble[] = [
  ['full', (disk) => disk.fill(), (disk) => disk.free()],
  ['read-only', (disk) => disk.setReadOnly(true), (disk) => disk.setReadOnly(false)],
];

let undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.reverse()) await step();
  undo = [];
});

async function openOnSmallDisk(
  shell: ShellName,
  kind: ShellKind,
  env: Readonly<Record<string, string>> = {},
  first = '',
): Promise<Observed & { readonly disk: SmallDisk }> {
  const spool = makeSpool();
  const disk = mountSmallDisk(spool.dir, KIB);
  undo.push(() => spool.remove(), disk.unmount);
  // Without it, bash cannot tell that a command is private before its text is written.
  const before = shell === 'bash' ? `HISTCONTROL=ignorespace; ${first}` : first;
  const observed = await observe(kind, { shell, spool, env, before });
  undo.push(() => observed.shell.close());
  return { ...observed, disk };
}

interface Account {
  readonly begun: number;
  readonly ended: number;
  /** Counts as the service does. */
  readonly dropped: number;
  readonly texts: readonly string[];
  readonly last: string;
}

function account(spool: Spool): Account {
  const read = spool.files().map((name) => decodeSpool(readFileSync(join(spool.dir, name))));
  const records = read.flatMap((one) => one.records);
  const texts = records.flatMap(({ text }) => text ?? []);
  return {
    begun: records.filter(({ type }) => type !== 'end').length,
    ended: records.filter(({ type }) => type !== 'start').length,
    dropped: read.reduce((sum, { foreign, lost }) => sum + foreign + lost, 0),
    texts,
    last: `${records.at(-1)?.type} of ${texts.at(-1)}`,
  };
}

/** Output of the terminal. fish itself reports a full disk, whatever the redirections. */
const linesOf = (screen: string): readonly string[] =>
  screen
    .split(PROMPT)
    .join('\n')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== 'write: No space left on device');

const mounting = requireSmallDisks();
for (const [shell, kind] of ALL_SHELLS) {
  const here = requireShell(shell);
  (mounting === describe ? here : mounting)(`${shell} with its spool on a disk that is`, () => {
    for (const first of shell === 'bash' ? ['', MINE] : [''])
      test.each(TROUBLES)(
        `%s: the next record tells how many could not be written ${first}`,
        async (what, begin, end) => {
          const { shell: session, spool, disk } = await openOnSmallDisk(shell, kind, {}, first);
          const last = `${TWO_RECORDS.includes(shell) ? 'end' : 'both'} of`;
          await session.run('echo before');
          await until(() => account(spool).last === `${last} echo before`);
          begin(disk);
          for (const line of TYPED) await session.run(line);
          await session.run(' : private');
          end(disk);
          await session.run('echo after');
          await session.run('echo last');
          await until(
            () => account(spool),
            (written) => written.last === `${last} echo last`,
          );
          const { begun, ended, dropped, texts } = account(spool);
          const typed = ['echo before', ...TYPED, 'echo after', 'echo last'];
          expect(typed.filter((text) => texts.includes(text))).toEqual(texts);
          expect(texts).toEqual(expect.arrayContaining(['echo before', 'echo after', 'echo last']));
          expect(dropped).toBe(typed.length - begun + (TWO_RECORDS.includes(shell) ? begun - ended : 0));
          expect(dropped).toBeGreaterThan(what === 'full' ? 5 : 20);
        },
      );

    test.each(TROUBLES)('%s: nothing is visible in the shell', async (_what, begin, end) => {
      const seen: string[] = [];
      for (const env of [{ CARO_OFF: '1' }, {}]) {
        const { shell: session, disk } = await openOnSmallDisk(shell, kind, env);
        begin(disk);
        for (const line of QUIET) await session.run(line);
        seen.push(session.screen().replaceAll(session.home, 'HOME'));
        end(disk);
      }
      const [without, withHook] = seen.map(linesOf);
      expect(withHook?.join('\n')).not.toMatch(/caro|space|read-only|cannot|error|denied|write/i);
      // Text typed ahead of ksh's prompt appears in pieces.
      if (shell !== 'ksh') expect(withHook).toEqual(without);
    });

    // fish has no such setting.
    if (shell === 'fish') return;
    test.each(TROUBLES)('%s: set -e does not end the shell', async (_what, begin, end) => {
      const { shell: session, disk } = await openOnSmallDisk(shell, kind);
      begin(disk);
      for (const line of ['set -e', ...TYPED.slice(0, 20)]) await session.run(line);
      end(disk);
      await session.run('echo "still $((20 + 3))"');
      // ksh may show it after the next prompt.
      await until(
        () => session.screen(),
        (screen) => screen.includes('still 23'),
      );
    });
  });
}
