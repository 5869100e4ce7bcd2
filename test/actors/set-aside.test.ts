import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { classify } from '../../src/actors/classification.ts';
import { SpoolIntake } from '../../src/actors/collector/spool-intake.ts';
import type { BusClient } from '../../src/bus/bus.ts';
import { encodeSpoolRecord } from '../../src/domain/spool/spool-record.ts';
import { assess } from '../../src/risk/assess.ts';
import { createEventStore } from '../../src/storage/events/event-store.ts';
import { createReader } from '../../src/storage/reader.ts';
import { openInHandNote } from '../../src/storage/spool/in-hand-note.ts';
import { openSpoolFolder } from '../../src/storage/spool/spool-folder.ts';
import { sweep } from '../rig/intake.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { testDatabase } from '../rig/test-database.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const NOW = Date.parse('2026-03-04T12:00:00Z');
const MASKED = '‹redacted:not-analysed›';

type Texts = readonly { readonly command: string }[];

/** Analyses as the service does, but never ends with a text that holds `poison`. */
function analysing(reached: () => void): BusClient {
  const answer = (kind: string, body: Texts): unknown => {
    if (kind === 'command.classify') return body.map(({ command }) => classify({ command, shell: 'bash' }));
    const analyses = body as unknown as readonly { analysis: ReturnType<typeof classify>['analysis'] }[];
    return analyses.map(({ analysis }) => ({ level: assess(analysis, { home: '/home/ada' }).level, rules: [] }));
  };
  return {
    publish: () => Promise.resolve(),
    request: (kind, body) => {
      const isPoisoned = kind === 'command.classify' && (body as Texts).some(({ command }) => /poison/.test(command));
      if (!isPoisoned) return Promise.resolve(answer(kind, body as unknown as Texts) as never);
      reached();
      return new Promise(() => undefined);
    },
  };
}

/** A spool and a database that outlive the processes which use them. */
function rig(...texts: readonly string[]) {
  const [spool, note] = [folder(), join(folder(), 'in-hand')];
  const database = testDatabase(NOW);
  const type = (text: string, command: number): void =>
    appendFileSync(
      join(spool, 'bash.1.1.0'),
      encodeSpoolRecord({ type: 'start', command, startedAt: (NOW + command) * 1_000, granularity: 1, text }),
      { mode: 0o600 },
    );
  texts.forEach(type);
  const told: string[] = [];
  const process = (bus: BusClient): SpoolIntake =>
    new SpoolIntake(
      {
        bus,
        rateLong: () => Promise.resolve(null),
        inHand: openInHandNote(note),
        onSetAside: ({ session, command }) => told.push(`${session} ${command}`),
        spool: openSpoolFolder(spool, globalThis.process.getuid?.() ?? 0),
        store: createEventStore(database, 'host'),
        projects: { namesOf: () => Promise.resolve(new Map()) },
        isProcess: () => true,
        isAlive: () => true,
        now: () => NOW,
      },
      () => ({ shells: ['bash'], ignore: [], redact: true, pauses: [], isPrivate: () => false, agents: true }),
    );
  return {
    note,
    told,
    type,
    process,
    /** Runs a process until it has stored everything (true) or hangs in an analysis (false). */
    run: async (): Promise<boolean> => {
      let ended: boolean | undefined;
      const swept = sweep(
        process(
          analysing(() => {
            ended = false;
          }),
        ),
      );
      void swept.then(() => {
        ended = true;
      });
      return until(
        () => ended,
        (value) => value !== undefined,
      ) as Promise<boolean>;
    },
    stored: () =>
      [...createReader(database).listEvents({ limit: 100 })].sort((a, b) => a.id - b.id).map(({ command }) => command),
  };
}

test('a command whose analysis ended the service twice is stored without its text, and the next ones as usual', async () => {
  const { run, stored, type, told } = rig('poison');
  expect([await run(), await run()]).toEqual([false, false]);
  type('echo later', 1);
  expect(await run()).toBe(true);
  expect(stored()).toEqual([MASKED, 'echo later']);
  expect(told).toEqual(['bash.1.1 0']);
});

test('in a backlog it is identified after it was analysed alone twice', async () => {
  const { run, stored } = rig('echo one', 'poison', 'echo two');
  expect([await run(), await run(), await run(), await run()]).toEqual([false, false, false, true]);
  expect(stored()).toEqual(['echo one', MASKED, 'echo two']);
});

test('several of them are set aside one after the other', async () => {
  const { run, stored, note } = rig('poison one', 'echo one', 'poison two', 'echo two');
  const runs: boolean[] = [];
  for (let left = 6; left > 0 && runs.at(-1) !== true; left -= 1) runs.push(await run());
  expect(runs).toEqual([false, false, false, false, false, true]);
  expect(stored()).toEqual([MASKED, 'echo one', MASKED, 'echo two']);
  expect(readFileSync(note, 'latin1').trim()).toBe('');
});

test('an analysis that ends, even with an error, leaves no note', async () => {
  const { process, note } = rig('echo one');
  const failing: BusClient = { ...analysing(() => undefined), request: () => Promise.reject(new Error('no')) };
  await expect(sweep(process(failing))).rejects.toThrow('no');
  expect(readFileSync(note, 'latin1').trim()).toBe('');
});

test('the note holds no text of a command', async () => {
  const { run, note } = rig('poison');
  await run();
  expect(readFileSync(note, 'latin1').trim()).toBe('1 bash.1.1 0');
});

test.each(['', '9', '2 bash.1.1', '-1 bash.1.1 0', '2 bash.1.1 0 x', '\0\0\0', '2\u202fbash.1.1 0'])(
  'a damaged note says nothing: %j',
  async (text) => {
    const { run, stored, note } = rig('echo one');
    writeFileSync(note, text, { mode: 0o600 });
    expect(await run()).toBe(true);
    expect(stored()).toEqual(['echo one']);
  },
);
