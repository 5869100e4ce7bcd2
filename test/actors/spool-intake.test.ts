import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type IntakePorts, SpoolIntake } from '../../src/actors/collector/spool-intake.ts';
import type { BusClient } from '../../src/bus/bus.ts';
import { encodeSpoolRecord } from '../../src/domain/spool/spool-record.ts';
import { openInHandNote } from '../../src/storage/spool/in-hand-note.ts';
import { openSpoolFolder } from '../../src/storage/spool/spool-folder.ts';
import { end, folder, NOW, rateLong, rig, speaker, start, sweep, uid, write } from '../rig/intake.ts';

describe('a sweep', () => {
  test('stores all records and keeps the newest file of a running shell', async () => {
    const { spool, intake, commands } = rig();
    write(spool, 'bash.1.1.0', start(0), end(0));
    write(spool, 'bash.1.1.1', start(1));
    await sweep(intake());
    expect(commands()).toEqual(['echo 0', 'echo 1']);
    expect(readdirSync(spool)).toEqual(['bash.1.1.1']);
  });

  test('removes all files of a shell that is gone', async () => {
    const { spool, intake, commands } = rig();
    write(spool, 'zsh.99.1.0', start(0), end(0), start(1));
    await sweep(intake());
    expect(commands()).toEqual(['echo 0', 'echo 1']);
    expect(readdirSync(spool)).toEqual([]);
  });

  test('keeps a file with records that came after it was read, and stores them the next time', async () => {
    let late = [start(1), end(1)];
    let file = '';
    const appends: BusClient = {
      ...speaker,
      // Called after the commit and before the removal.
      publish: () => {
        write(file, 'zsh.99.1.0', ...late);
        late = [];
        return Promise.resolve();
      },
    };
    const { spool, intake, commands, running } = rig({ bus: appends });
    file = spool;
    write(spool, 'zsh.99.1.0', start(0), end(0));
    const reader = intake();
    await sweep(reader);
    expect([commands(), readdirSync(spool)]).toEqual([['echo 0'], ['zsh.99.1.0']]);
    await sweep(reader);
    expect([commands(), readdirSync(spool), running()]).toEqual([['echo 0', 'echo 1'], [], []]);
  });

  test('waits for the rest of a record that is being written, and counts one that never ends', async () => {
    const { spool, intake, commands, alive, dropped } = rig();
    const record = start(0);
    write(spool, 'bash.1.1.0', record.subarray(0, 20));
    const reader = intake();
    await sweep(reader);
    expect(commands()).toEqual([]);
    write(spool, 'bash.1.1.0', record.subarray(20), start(1).subarray(0, 15));
    await sweep(reader);
    expect(commands()).toEqual(['echo 0']);
    expect(dropped()).toBe(0);
    alive.clear();
    await sweep(reader);
    expect(readdirSync(spool)).toEqual([]);
    expect(dropped()).toBe(1);
  });

  test('counts what a hook could not write once, also after a restart', async () => {
    const { spool, intake, commands, dropped } = rig();
    write(
      spool,
      'bash.1.1.0',
      encodeSpoolRecord({ type: 'start', command: 0, granularity: 1, text: 'echo 0' }, { lost: 12 }),
      encodeSpoolRecord({ type: 'end', command: 0, granularity: 1, status: 0 }),
      Buffer.from('\0v1\0l=3\0t=s\0q=1\0c= private\0\0'),
    );
    await sweep(intake());
    expect([commands(), dropped()]).toEqual([['echo 0'], 15]);
    await sweep(intake());
    expect(dropped()).toBe(15);
  });

  test('ends the session of a shell that became another by exec, and keeps that of the other', async () => {
    const { spool, intake, commands, running } = rig();
    write(spool, 'bash.1.100.0', start(0), end(0), start(1, 'exec zsh'));
    const reader = intake();
    await sweep(reader);
    expect(running()).toEqual(['bash.1.100']);
    write(spool, 'zsh.1.200.0', start(0, 'echo in zsh'));
    await sweep(reader);
    expect(readdirSync(spool)).toEqual(['zsh.1.200.0']);
    expect(running()).toEqual(['zsh.1.200']);
    expect(commands()).toEqual(['echo 0', 'exec zsh', 'echo in zsh']);
    await sweep(reader);
    expect(running()).toEqual(['zsh.1.200']);
  });

  test('commits what a shell wrote last before its process became another', async () => {
    const { spool, intake, commands, running } = rig();
    write(spool, 'zsh.1.200.0', start(0, 'echo in zsh'), end(0));
    write(spool, 'bash.1.100.0', start(0), end(0));
    write(spool, 'bash.1.100.1', start(1, 'exec zsh'));
    await sweep(intake());
    expect(commands().sort()).toEqual(['echo 0', 'echo in zsh', 'exec zsh']);
    expect(readdirSync(spool)).toEqual(['zsh.1.200.0']);
    expect(running()).toEqual([]);
  });

  test('removes the scratch files of a shell when it is gone, not before', async () => {
    const { spool, intake, alive } = rig();
    const scratch = ['.bash.1.100', '.sh.1.100', '.sh.1.100.feed', '.sh.2.100', '.sh.2.100.feed'];
    for (const name of scratch) writeFileSync(join(spool, name), 'x', { mode: 0o664 });
    // A later session of the same process: dash after `exec dash` may still read the first one's
    // feed.
    write(spool, 'sh.1.200.0', start(0), end(0));
    const reader = intake();
    await sweep(reader);
    expect(readdirSync(spool).sort()).toEqual([...scratch, 'sh.1.200.0'].sort());
    alive.delete(1);
    await sweep(reader);
    expect(readdirSync(spool).sort()).toEqual(['.sh.2.100', '.sh.2.100.feed']);
  });

  test('leaves links, directories and foreign files with the names of scratch files in place, and reports them', async () => {
    const { spool, intake } = rig();
    const outside = join(folder(), 'mine');
    writeFileSync(outside, 'x');
    symlinkSync(outside, join(spool, '.bash.98.100'));
    mkdirSync(join(spool, '.sh.98.100.feed'));
    for (const name of ['.hidden', '.sh.98', '.tcsh.98.100', '.sh.98.100.feed.feed'])
      writeFileSync(join(spool, name), 'x');
    const before = readdirSync(spool);
    const reader = intake();
    await sweep(reader);
    await sweep(reader);
    expect(readdirSync(spool)).toEqual(before);
    expect(reader.refused).toBe(2);
  });

  test('reads a backlog of many megabytes completely', async () => {
    const { spool, intake, commands } = rig();
    const big = 'x'.repeat(900_000);
    for (let file = 0; file < 3; file += 1)
      write(
        spool,
        `bash.${file + 1}.1.0`,
        ...Array.from({ length: 9 }, (_, index) => start(index, `echo ${file}-${index} ${big}`)),
      );
    await sweep(intake());
    expect(commands().map((text) => text.slice(0, 8))).toHaveLength(27);
    expect(new Set(commands()).size).toBe(27);
  });

  test('does not read links and foreign files, reports their number, and leaves them in place', async () => {
    const { spool, intake, commands } = rig();
    const outside = join(folder(), 'secret');
    writeFileSync(outside, Buffer.concat([start(0, 'stolen')]), { mode: 0o600 });
    symlinkSync(outside, join(spool, 'bash.1.1.0'));
    writeFileSync(join(spool, 'notes.txt'), 'mine');
    const reader = intake();
    await sweep(reader);
    expect(commands()).toEqual([]);
    expect(reader.refused).toBe(1);
    expect(existsSync(join(spool, 'notes.txt'))).toBe(true);
  });

  test('handles thousands of files left by dead shells', async () => {
    const { spool, intake, commands } = rig();
    for (let pid = 1_000; pid < 4_000; pid += 1) write(spool, `bash.${pid}.1.0`, start(0, `echo ${pid}`), end(0));
    await sweep(intake());
    expect(commands()).toHaveLength(3_000);
    expect(readdirSync(spool)).toEqual([]);
  });
});

describe('what the owner does not want recorded', () => {
  test('a leading space, an ignored pattern and a shell that is not observed leave nothing', async () => {
    const { spool, intake, commands } = rig({}, { ignore: ['pass *', '*secret*'], shells: ['bash'] });
    write(
      spool,
      'bash.1.1.0',
      start(0, ' private'),
      start(1, 'pass show mail'),
      start(2, 'cat secret.txt'),
      start(3, 'ls'),
      end(1),
    );
    write(spool, 'zsh.2.1.0', start(0, 'echo from zsh'));
    await sweep(intake());
    expect(commands()).toEqual(['ls']);
  });
});

describe('exactly once', () => {
  /** Stands for a process that is killed: the named port call never returns. */
  class Killed extends Error {}

  test('every command is stored once, whichever system call the service is killed at', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ file: fc.integer({ min: 0, max: 2 }), rotate: fc.boolean() }), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (typed, killAt, afterwards) => {
          let calls = 0;
          let armed = true;
          const dying =
            <A extends readonly unknown[], R>(port: (...args: A) => R) =>
            (...args: A): R => {
              calls += 1;
              const dies = armed && calls === killAt;
              if (dies && !afterwards) throw new Killed();
              const result = port(...args);
              if (dies) throw new Killed();
              return result;
            };
          const { spool, store, commands, alive } = rig();
          const real = openSpoolFolder(spool, uid);
          const ports: IntakePorts = {
            bus: speaker,
            rateLong,
            inHand: openInHandNote(join(folder(), 'in-hand')),
            onSetAside: () => undefined,
            projects: { namesOf: () => Promise.resolve(new Map()) },
            isProcess: () => true,
            isAlive: (pid) => alive.has(pid),
            now: () => NOW,
            spool: { ...real, read: dying(real.read), remove: dying(real.remove) },
            store: {
              offsetOf: store.offsetOf,
              commit: dying(store.commit),
              forget: dying(store.forget),
              agentSessions: store.agentSessions,
            },
          };
          const rules = () => ({
            shells: ['bash'] as const,
            ignore: [],
            pauses: [],
            isPrivate: () => false,
            agents: true,
            redact: true,
          });
          const sequence = [0, 0, 0];
          const expected: string[] = [];
          let intake = new SpoolIntake(ports, rules);
          for (const [index, { file, rotate }] of typed.entries()) {
            write(spool, `bash.${file + 1}.1.${sequence[file] ?? 0}`, start(index), end(index));
            expected.push(`echo ${index}`);
            if (rotate) sequence[file] = (sequence[file] ?? 0) + 1;
            try {
              await sweep(intake);
            } catch (error) {
              if (!(error instanceof Killed)) throw error;
              armed = false;
              intake = new SpoolIntake(ports, rules);
            }
          }
          alive.clear();
          armed = false;
          await sweep(new SpoolIntake(ports, rules));
          expect(commands().sort()).toEqual(expected.sort());
          expect(readdirSync(spool)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
